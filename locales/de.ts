import type { Texts } from "./texts.ts";

/** German, in the polite form. */
export const de: Texts = {
  neutralBrand: "diesem Dienst",
  heading: "Identitätsprüfung",
  support: "Support kontaktieren",
  back: "Zurück zu {brand}",
  refreshes: "Diese Seite aktualisiert sich von selbst.",
  refreshNow: "Jetzt aktualisieren",
  languages: "Sprache",
  caution:
    "Machen Sie nur weiter, wenn Sie Ihr Konto bei {brand} selbst eröffnet haben. Hat Ihnen jemand " +
    "diesen Link geschickt, schließen Sie diese Seite: Der Ausweis, den Sie zeigen, gilt für die " +
    "Person, der das Konto gehört.",

  ready: {
    title: "Bestätigen Sie Ihre Identität",
    text: "Sie brauchen Ihren Ausweis und ein Telefon oder einen Computer mit Kamera. Es dauert " +
      "wenige Minuten.",
    action: "Jetzt starten",
  },
  preparing: {
    title: "Wir bereiten Ihre Prüfung vor",
    text: "Das dauert einen Moment. Sie können hier warten oder diesen Link später noch einmal " +
      "öffnen.",
  },
  "in_progress": {
    title: "Ihre Prüfung läuft",
    text: "Wurden Sie unterbrochen, können Sie weitermachen. Sind Sie fertig, ist nichts mehr zu " +
      "tun: Das Ergebnis erscheint hier.",
    action: "Weitermachen",
  },
  checking: {
    title: "Wir prüfen Ihre Angaben",
    text: "Das dauert meist wenige Minuten. Sie können diese Seite schließen und später " +
      "wiederkommen.",
  },
  "needs_support": {
    title: "Das dauert länger als sonst",
    text: "Nichts von dem, was Sie gesendet haben, ist verloren. Wir konnten Ihre Prüfung aber " +
      "noch nicht abschließen. Bitte wenden Sie sich an den Support von {brand}.",
  },
  verified: {
    title: "Ihre Identität ist bestätigt",
    text: "Vielen Dank. Es ist nichts mehr zu tun, Sie können diese Seite schließen.",
  },
  review: {
    title: "Wir sehen genauer hin",
    text: "Ihre Prüfung wird noch einmal angesehen. Sie müssen im Moment nichts tun.",
  },
  rejected: {
    title: "Wir konnten Ihre Identität nicht bestätigen",
    text: "Wenn Sie das für einen Irrtum halten, wenden Sie sich bitte an den Support von {brand}.",
  },
  expired: {
    title: "Die Zeit ist abgelaufen",
    text:
      "Ihre Prüfung wurde nicht rechtzeitig beendet, oder sie gilt nicht mehr. Sie können neu " +
      "starten, sobald Sie Ihren Ausweis zur Hand haben.",
    action: "Neu starten",
  },
  inconclusive: {
    title: "Die Prüfung konnte nicht abgeschlossen werden",
    text: "Das lag an der Technik und zählt nicht gegen Sie. Bitte versuchen Sie es noch einmal.",
    action: "Noch einmal versuchen",
  },
  gone: {
    title: "Dieses Konto gibt es nicht mehr",
    text: "Es ist nichts mehr zu prüfen. Sie können diese Seite schließen.",
  },

  signIn: {
    rejected: "Ihre Identität konnte nicht bestätigt werden, deshalb können Sie sich nicht " +
      "anmelden. Wenn Sie das für einen Irrtum halten, wenden Sie sich bitte an den Support.",
    review: "Ihre Identität wird noch geprüft. Danach können Sie sich anmelden.",
    expired: "Ihre Identitätsprüfung wurde nicht rechtzeitig beendet, oder sie gilt nicht mehr. " +
      "Bitte starten Sie sie neu, danach können Sie sich anmelden.",
    pending:
      "Ihre Identität ist noch nicht bestätigt. Bitte schließen Sie die Prüfung ab, danach " +
      "können Sie sich anmelden.",
    none: "Ihre Identität ist noch nicht bestätigt. Bitte machen Sie die Prüfung, danach können " +
      "Sie sich anmelden.",
    withLink: "Ihr Link:",
    withoutLink: "Benutzen Sie den Link, den Sie bekommen haben, oder wenden Sie sich an den " +
      "Support.",
  },

  "link_invalid": {
    title: "Dieser Link funktioniert nicht",
    text:
      "Bitte öffnen Sie den ganzen Link, so wie Sie ihn bekommen haben. Hilft das nicht, melden " +
      "Sie sich bei {brand} an, um einen neuen zu bekommen.",
  },
  "link_expired": {
    title: "Dieser Link ist zu alt",
    text: "Bitte melden Sie sich bei {brand} an, um einen neuen zu bekommen.",
  },
  "cross_site": {
    title: "Bitte öffnen Sie Ihren Link noch einmal",
    text: "Zu Ihrer Sicherheit startet eine Prüfung nur von ihrer eigenen Seite aus.",
  },
  "too_many": {
    title: "Heute sind keine Versuche mehr möglich",
    text: "Sie haben heute mehrmals gestartet. Bitte wenden Sie sich an den Support von {brand}, " +
      "oder öffnen Sie diesen Link morgen noch einmal.",
  },
  "limit_reached": {
    title: "Keine weiteren Versuche",
    text: "Sie haben schon sehr oft gestartet. Bitte wenden Sie sich an den Support von {brand}: " +
      "Dort kann man Ihnen weitere Versuche freigeben.",
  },
  later: {
    title: "Bitte versuchen Sie es in einer Minute noch einmal",
    text: "Die Prüfung ist im Moment nicht erreichbar. Ihre Anfrage ist vorgemerkt, nichts geht " +
      "verloren.",
    action: "Noch einmal versuchen",
  },
  "no_way": {
    title: "Die Prüfung lässt sich nicht öffnen",
    text: "Das ist unser Fehler. Bitte wenden Sie sich an den Support von {brand}.",
  },
  unavailable: {
    title: "Das können wir gerade nicht sagen",
    text: "Bitte versuchen Sie es in einer Minute noch einmal. Nichts geht verloren.",
    action: "Noch einmal versuchen",
  },

  returned: {
    title: "Sie können dieses Fenster schließen",
    text:
      "Wenn Sie auf einem anderen Gerät begonnen haben, machen Sie bitte dort weiter. Ihr Link " +
      "zeigt immer, wie es um Ihre Prüfung steht.",
  },
  interrupted: {
    title: "Ihre Prüfung wurde unterbrochen",
    text: "Etwas ist dazwischengekommen.",
  },
  reopen: "Um weiterzumachen, öffnen Sie Ihren Link noch einmal.",
  errors: {
    camera: "Es konnte keine Kamera benutzt werden. Erlauben Sie die Kamera, oder nehmen Sie ein " +
      "anderes Gerät.",
    face: "Ihr Gesicht konnte nicht erfasst werden. Gutes Licht von vorn hilft.",
    time: "Die Zeit lief ab, bevor Sie fertig waren.",
    link: "Der Weg zur Prüfung war nicht mehr offen.",
    attempts: "Alle Versuche sind verbraucht.",
    connection: "Die Verbindung ist abgebrochen.",
    technical: "Es gab ein technisches Problem, das nicht gegen Sie zählt.",
  },
};
