// SPDX-License-Identifier: Apache-2.0
import type { Texts } from "./texts.ts";

/** French, in the polite form, with a narrow space (`\u202F`) before `:`, `;`, `!` and `?`. */
export const fr: Texts = {
  neutralBrand: "ce prestataire",
  heading: "Vérification d’identité",
  support: "Contacter le service client",
  privacy: "Protection des données",
  back: "Retour à {brand}",
  refreshes: "Cette page s’actualise automatiquement.",
  refreshNow: "Actualiser maintenant",
  languages: "Langue",
  pressed: "Un instant…",
  caution:
    "Continuez uniquement s’il s’agit de votre propre compte chez {brand}\u202F; sinon, votre " +
    "pièce d’identité servirait à valider le compte de quelqu’un d’autre.",
  steps: {
    document: "Photographiez votre pièce d’identité.",
    face: "Placez votre visage face à la caméra.",
    check: "Notre partenaire Jumio vérifie ces images. La page suivante se trouve sur jumio.ai.",
  },
  otherDevice: "Vous pouvez aussi ouvrir ce lien sur votre téléphone.",

  ready: {
    title: "Vérifiez votre identité",
    text:
      "Munissez-vous de votre carte d’identité ou de votre passeport. Cela prend quelques minutes.",
    action: "Commencer",
  },
  preparing: {
    title: "Nous préparons la vérification de votre identité",
    text: "Cela prend un instant. Vous pouvez patienter ici ou rouvrir ce lien plus tard.",
  },
  "in_progress": {
    title: "La vérification de votre identité est en cours",
    text:
      "En cas d’interruption, vous pouvez reprendre. Vous avez terminé\u202F? Vous n’avez plus " +
      "rien à faire\u202F: le résultat s’affichera ici.",
    action: "Reprendre",
  },
  checking: {
    title: "Nous vérifions vos informations",
    text: "Cela prend généralement quelques minutes. Vous pouvez fermer cette page et revenir " +
      "plus tard.",
  },
  "needs_support": {
    title: "Cela prend plus de temps que d’habitude",
    text: "Rien de ce que vous avez envoyé n’est perdu, mais nous n’avons pas encore pu terminer " +
      "la vérification de votre identité. Veuillez contacter notre service client.",
  },
  verified: {
    title: "Votre identité est vérifiée",
    text: "Merci. Vous n’avez plus rien à faire et pouvez fermer cette page.",
  },
  review: {
    title: "Votre dossier est examiné de plus près",
    text: "Un membre de notre équipe s’en occupe. Vous n’avez rien à faire pour le " +
      "moment.",
  },
  rejected: {
    title: "Nous n’avons pas pu vérifier votre identité",
    text: "Si vous pensez qu’il s’agit d’une erreur, veuillez contacter notre service client.",
  },
  expired: {
    title: "Veuillez recommencer la vérification",
    text: "Votre dernière vérification n’a pas été terminée à temps ou n’est plus valable. " +
      "Munissez-vous de votre carte d’identité ou de votre passeport.",
    action: "Recommencer",
  },
  inconclusive: {
    title: "La vérification n’a pas pu aboutir",
    text: "Il s’agissait d’un problème technique, sans conséquence pour vous. Veuillez réessayer.",
    action: "Réessayer",
  },
  gone: {
    title: "Ce compte n’existe plus",
    text: "Il n’y a plus rien à vérifier. Vous pouvez fermer cette page.",
  },

  signIn: {
    rejected: "Nous n’avons pas pu vérifier votre identité\u202F; vous ne pouvez donc pas vous " +
      "connecter. Si vous pensez qu’il s’agit d’une erreur, veuillez contacter le service client.",
    review: "La vérification de votre identité est encore en cours. Vous pourrez vous " +
      "connecter dès qu’elle sera terminée.",
    expired: "La vérification de votre identité n’a pas été terminée à temps ou n’est plus " +
      "valable. Veuillez la recommencer\u202F; vous pourrez ensuite vous connecter.",
    pending: "Votre identité n’est pas encore vérifiée. Veuillez terminer la vérification\u202F; " +
      "vous pourrez ensuite vous connecter.",
    none: "Votre identité n’est pas encore vérifiée. Veuillez procéder à la vérification\u202F; " +
      "vous pourrez ensuite vous connecter.",
    withLink: "Votre lien\u202F:",
    withoutLink: "Utilisez le lien que vous avez reçu ou contactez le service client.",
  },

  "link_invalid": {
    title: "Ce lien ne fonctionne pas",
    text: "Veuillez ouvrir le lien complet, tel que vous l’avez reçu. Si cela ne suffit pas, " +
      "connectez-vous à votre compte chez {brand} pour en obtenir un nouveau.",
  },
  "link_expired": {
    title: "Ce lien a expiré",
    text: "Veuillez vous connecter à votre compte chez {brand} pour en obtenir un nouveau.",
  },
  "cross_site": {
    title: "Veuillez rouvrir votre lien",
    text: "Pour votre sécurité, vous ne pouvez commencer que sur la page ouverte par votre lien.",
  },
  "too_many": {
    title: "Aucune nouvelle tentative n’est possible pour le moment",
    text:
      "Vous avez déjà fait plusieurs tentatives aujourd’hui. Veuillez réessayer dans {hours} ou " +
      "contacter notre service client.",
  },
  "limit_reached": {
    title: "Aucune nouvelle tentative n’est possible",
    text: "Vous avez déjà fait de très nombreuses tentatives. Veuillez contacter notre service " +
      "client, qui peut vous autoriser à réessayer.",
  },
  later: {
    title: "Veuillez réessayer dans une minute",
    text: "La vérification n’est pas disponible pour le moment. Rien n’est perdu.",
    action: "Réessayer",
  },
  "no_way": {
    title: "Impossible d’ouvrir la vérification",
    text: "L’erreur vient de nous. Veuillez contacter notre service client.",
  },
  unavailable: {
    title: "L’état de votre vérification est momentané\u00ADment indisponible",
    text: "Veuillez réessayer dans une minute. Rien n’est perdu.",
    action: "Réessayer",
  },

  returned: {
    title: "Vous pouvez fermer cette fenêtre",
    text:
      "Si vous avez commencé sur un autre appareil, retournez-y pour continuer. Votre lien vous " +
      "indique à tout moment où en est votre vérification.",
  },
  interrupted: {
    title: "La vérification a été interrompue",
    text: "Vous avez quitté la page avant la fin de la vérification.",
  },
  reopen: "Pour reprendre, ouvrez de nouveau votre lien.",
  errors: {
    camera: "La caméra n’a pas pu être utilisée. Autorisez l’accès à la caméra ou utilisez un " +
      "autre appareil.",
    face: "Votre visage n’a pas pu être photographié. Placez-vous face à une bonne source de " +
      "lumière.",
    time: "Le temps imparti s’est écoulé avant que vous ayez terminé.",
    link: "Votre accès à la vérification avait expiré.",
    attempts: "Toutes les tentatives ont été utilisées.",
    connection: "La connexion a été interrompue.",
    technical: "Un problème technique est survenu. Il est sans conséquence pour vous.",
  },
};
