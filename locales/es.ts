// SPDX-License-Identifier: Apache-2.0
import type { Texts } from "./texts.ts";

/** Spanish, in the polite form, in words that are common in Spain and in Latin America. */
export const es: Texts = {
  neutralBrand: "este servicio",
  heading: "Verificación de identidad",
  support: "Atención al cliente",
  privacy: "Aviso de privacidad",
  back: "Volver a {brand}",
  refreshes: "Esta página se actualiza automáticamente.",
  refreshNow: "Actualizar ahora",
  languages: "Idioma",
  pressed: "Un momento…",
  caution: "Continúe solo si se trata de su propia cuenta en {brand}; de lo contrario, su " +
    "documento serviría para verificar la cuenta de otra persona.",
  steps: {
    document: "Fotografíe su documento de identidad.",
    face: "Muestre su rostro a la cámara.",
    check: "Nuestro socio Jumio comprueba las imágenes. La página siguiente está en jumio.ai.",
  },
  otherDevice: "También puede abrir este enlace en su teléfono.",

  ready: {
    title: "Verifique su identidad",
    text: "Tenga a mano su documento de identidad o su pasaporte. Le llevará unos minutos.",
    action: "Comenzar",
  },
  preparing: {
    title: "Estamos preparando su verificación",
    text: "Tardará un momento. Puede esperar aquí o volver a abrir este enlace más tarde.",
  },
  "in_progress": {
    title: "Su verificación está en curso",
    text:
      "Si se interrumpió, puede continuar. ¿Ya terminó? Entonces no tiene que hacer nada más: el " +
      "resultado aparecerá aquí.",
    action: "Continuar",
  },
  checking: {
    title: "Estamos compro\u00ADbando sus datos",
    text: "Suele tardar unos minutos. Puede cerrar esta página y volver más tarde.",
  },
  "needs_support": {
    title: "Está tardando más de lo habitual",
    text: "No se ha perdido nada de lo que envió, pero todavía no hemos podido completar su " +
      "verificación. Póngase en contacto con nuestro servicio de atención al cliente.",
  },
  verified: {
    title: "Su identidad está verificada",
    text: "Gracias. No tiene que hacer nada más y puede cerrar esta página.",
  },
  review: {
    title: "Estamos revisando sus datos con más detalle",
    text: "Una persona de nuestro equipo se encarga de ello. Por ahora no tiene que hacer nada.",
  },
  rejected: {
    title: "No hemos podido verificar su identidad",
    text:
      "Si cree que se trata de un error, póngase en contacto con nuestro servicio de atención " +
      "al cliente.",
  },
  expired: {
    title: "Comience de nuevo la verificación",
    text: "Su última verificación no se completó a tiempo o ya no es válida. Tenga a mano su " +
      "documento de identidad o su pasaporte.",
    action: "Comenzar de nuevo",
  },
  inconclusive: {
    title: "No se ha podido completar la verificación",
    text: "Se debió a un problema técnico que no afecta a su resultado. Inténtelo de nuevo.",
    action: "Intentar de nuevo",
  },
  gone: {
    title: "Esta cuenta ya no existe",
    text: "Ya no hay nada que verificar. Puede cerrar esta página.",
  },

  signIn: {
    rejected: "No hemos podido verificar su identidad, por lo que no puede iniciar sesión. Si " +
      "cree que se trata de un error, póngase en contacto con atención al cliente.",
    review: "Todavía estamos verificando su identidad. Podrá iniciar sesión en cuanto terminemos.",
    expired:
      "La verificación de su identidad no se completó a tiempo o ya no es válida. Comience " +
      "de nuevo y después podrá iniciar sesión.",
    pending: "Su identidad aún no está verificada. Complete la verificación y después podrá " +
      "iniciar sesión.",
    none: "Su identidad aún no está verificada. Realice la verificación y después podrá iniciar " +
      "sesión.",
    withLink: "Su enlace:",
    withoutLink: "Utilice el enlace que recibió o póngase en contacto con atención al cliente.",
  },

  "link_invalid": {
    title: "Este enlace no funciona",
    text:
      "Abra el enlace completo, tal como lo recibió. Si aun así no funciona, inicie sesión en " +
      "{brand} para obtener uno nuevo.",
  },
  "link_expired": {
    title: "Este enlace ha caducado",
    text: "Inicie sesión en {brand} para obtener uno nuevo.",
  },
  "cross_site": {
    title: "Abra de nuevo su enlace",
    text: "Por su seguridad, solo puede comenzar en la página que abre su enlace.",
  },
  "too_many": {
    title: "Por ahora no quedan más intentos",
    text:
      "Hoy ya lo ha intentado varias veces. Inténtelo de nuevo dentro de {hours} o póngase en " +
      "contacto con nuestro servicio de atención al cliente.",
  },
  "limit_reached": {
    title: "No quedan más intentos",
    text:
      "Ya lo ha intentado muchas veces. Póngase en contacto con nuestro servicio de atención al " +
      "cliente, que puede permitirle intentarlo de nuevo.",
  },
  later: {
    title: "Inténtelo de nuevo dentro de un minuto",
    text: "La verificación no está disponible en este momento. No se ha perdido nada.",
    action: "Intentar de nuevo",
  },
  "no_way": {
    title: "No se puede abrir la verificación",
    text: "El error es nuestro. Póngase en contacto con nuestro servicio de atención al cliente.",
  },
  unavailable: {
    title: "Ahora mismo no podemos mostrar el estado de su verificación",
    text: "Inténtelo de nuevo dentro de un minuto. No se ha perdido nada.",
    action: "Intentar de nuevo",
  },

  returned: {
    title: "Puede cerrar esta ventana",
    text: "Si comenzó en otro dispositivo, continúe allí. Su enlace muestra siempre el estado " +
      "actual de su verificación.",
  },
  interrupted: {
    title: "Su verificación se interrumpió",
    text: "Salió antes de que terminara la verificación.",
  },
  reopen: "Para continuar, abra de nuevo su enlace.",
  errors: {
    camera: "No se pudo utilizar la cámara. Permita el acceso a la cámara o utilice otro " +
      "dispositivo.",
    face: "No se pudo captar su rostro. Procure que la luz le dé de frente.",
    time: "El tiempo se agotó antes de que terminara.",
    link: "Su enlace a la verificación había caducado.",
    attempts: "Se agotaron todos los intentos.",
    connection: "Se perdió la conexión.",
    technical: "Hubo un problema técnico. No afecta a su resultado.",
  },
};
