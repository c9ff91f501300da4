// SPDX-License-Identifier: Apache-2.0
import type { Texts } from "./texts.ts";

/** German, in the polite form. */
export const de: Texts = {
  neutralBrand: "diesem Dienst",
  heading: "Identitätsprüfung",
  support: "Support kontaktieren",
  privacy: "Datenschutz",
  back: "Zurück zu {brand}",
  refreshes: "Diese Seite aktualisiert sich von selbst.",
  refreshNow: "Jetzt aktualisieren",
  languages: "Sprache",
  pressed: "Einen Moment …",
  caution:
    "Fahren Sie nur fort, wenn es um Ihr eigenes Konto bei {brand} geht; Sie würden sonst mit " +
    "Ihrem Ausweis das Konto einer anderen Person bestätigen.",
  steps: {
    document: "Fotografieren Sie Ihren Ausweis.",
    face: "Zeigen Sie der Kamera Ihr Gesicht.",
    check: "Unser Partner Jumio prüft beides. Die nächste Seite liegt auf jumio.ai.",
  },
  otherDevice: "Sie können diesen Link auch auf Ihrem Smartphone öffnen.",

  ready: {
    title: "Bestätigen Sie Ihre Identität",
    text: "Halten Sie Personalausweis oder Reisepass bereit. Es dauert wenige Minuten.",
    action: "Jetzt beginnen",
  },
  preparing: {
    title: "Ihre Identitäts\u00ADprüfung wird vorbereitet",
    text: "Das dauert einen Moment. Sie können hier warten oder diesen Link später noch einmal " +
      "öffnen.",
  },
  "in_progress": {
    title: "Ihre Identitäts\u00ADprüfung läuft",
    text: "Wurden Sie unterbrochen, können Sie fortfahren. Schon fertig? Dann ist nichts mehr zu " +
      "tun; das Ergebnis erscheint hier.",
    action: "Fortfahren",
  },
  checking: {
    title: "Wir prüfen Ihre Angaben",
    text: "Das dauert meist wenige Minuten. Sie können diese Seite schließen und später " +
      "wiederkommen.",
  },
  "needs_support": {
    title: "Das dauert länger als sonst",
    text: "Es ist nichts verloren gegangen, aber wir konnten Ihre Identitätsprüfung noch nicht " +
      "abschließen. Bitte wenden Sie sich an unseren Support.",
  },
  verified: {
    title: "Ihre Identität ist bestätigt",
    text: "Vielen Dank. Es ist nichts mehr zu tun, Sie können diese Seite schließen.",
  },
  review: {
    title: "Wir prüfen Ihre Angaben genauer",
    text: "Eine Mitarbeiterin oder ein Mitarbeiter sieht sie sich noch einmal an. Sie müssen im " +
      "Moment nichts tun.",
  },
  rejected: {
    title: "Wir konnten Ihre Identität nicht bestätigen",
    text: "Wenn Sie das für einen Irrtum halten, wenden Sie sich bitte an unseren Support.",
  },
  expired: {
    title: "Bitte beginnen Sie Ihre Identitäts\u00ADprüfung noch einmal",
    text: "Die letzte Prüfung wurde nicht rechtzeitig beendet oder gilt nicht mehr. Halten Sie " +
      "Personalausweis oder Reisepass bereit.",
    action: "Noch einmal beginnen",
  },
  inconclusive: {
    title: "Die Prüfung ließ sich nicht abschließen",
    text: "Das lag an einem technischen Problem und hat für Sie keine Nachteile. Bitte versuchen " +
      "Sie es noch einmal.",
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
    expired: "Ihre Identitätsprüfung wurde nicht rechtzeitig beendet oder gilt nicht mehr. Bitte " +
      "beginnen Sie noch einmal, danach können Sie sich anmelden.",
    pending: "Ihre Identität ist noch nicht bestätigt. Bitte schließen Sie die Identitätsprüfung " +
      "ab, danach können Sie sich anmelden.",
    none:
      "Ihre Identität ist noch nicht bestätigt. Bitte führen Sie die Identitätsprüfung durch, " +
      "danach können Sie sich anmelden.",
    withLink: "Ihr Link:",
    withoutLink: "Verwenden Sie den Link, den Sie erhalten haben, oder wenden Sie sich an den " +
      "Support.",
  },

  "link_invalid": {
    title: "Dieser Link funktioniert nicht",
    text:
      "Bitte öffnen Sie den vollständigen Link, so wie Sie ihn erhalten haben. Hilft das nicht, " +
      "melden Sie sich bei {brand} an, um einen neuen zu erhalten.",
  },
  "link_expired": {
    title: "Dieser Link ist abgelaufen",
    text: "Bitte melden Sie sich bei {brand} an, um einen neuen zu erhalten.",
  },
  "cross_site": {
    title: "Bitte öffnen Sie Ihren Link noch einmal",
    text: "Zu Ihrer Sicherheit können Sie nur auf der Seite beginnen, die Ihr Link öffnet.",
  },
  "too_many": {
    title: "Im Moment sind keine weiteren Versuche möglich",
    text: "Sie haben die Prüfung heute schon mehrmals begonnen. Bitte versuchen Sie es in " +
      "{hours} noch einmal, oder wenden Sie sich an unseren Support.",
  },
  "limit_reached": {
    title: "Keine weiteren Versuche",
    text:
      "Sie haben die Prüfung schon sehr oft begonnen. Bitte wenden Sie sich an unseren Support; " +
      "dort kann man Ihnen weitere Versuche freigeben.",
  },
  later: {
    title: "Bitte versuchen Sie es in einer Minute noch einmal",
    text: "Die Prüfung ist im Moment nicht verfügbar. Es geht nichts verloren.",
    action: "Noch einmal versuchen",
  },
  "no_way": {
    title: "Die Prüfung lässt sich nicht öffnen",
    text: "Das ist unser Fehler. Bitte wenden Sie sich an unseren Support.",
  },
  unavailable: {
    title: "Der Stand lässt sich gerade nicht abrufen",
    text: "Bitte versuchen Sie es in einer Minute noch einmal. Es geht nichts verloren.",
    action: "Noch einmal versuchen",
  },

  returned: {
    title: "Sie können dieses Fenster schließen",
    text: "Wenn Sie auf einem anderen Gerät begonnen haben, fahren Sie bitte dort fort. Unter " +
      "Ihrem Link sehen Sie jederzeit den aktuellen Stand.",
  },
  interrupted: {
    title: "Ihre Identitäts\u00ADprüfung wurde unterbrochen",
    text: "Sie haben die Prüfung verlassen, bevor sie abgeschlossen war.",
  },
  reopen: "Um fortzufahren, öffnen Sie Ihren Link noch einmal.",
  errors: {
    camera:
      "Es konnte keine Kamera verwendet werden. Erlauben Sie den Zugriff auf die Kamera oder " +
      "verwenden Sie ein anderes Gerät.",
    face: "Ihr Gesicht konnte nicht erfasst werden. Gutes Licht von vorn hilft.",
    time: "Die Zeit lief ab, bevor Sie fertig waren.",
    link: "Der Zugang zur Prüfung war abgelaufen.",
    attempts: "Alle Versuche sind aufgebraucht.",
    connection: "Die Verbindung ist abgebrochen.",
    technical: "Es gab ein technisches Problem. Für Sie hat das keine Nachteile.",
  },
};
