// SPDX-License-Identifier: Apache-2.0
/**
 * Makes an element equal to another one. Elements that stay are kept, and with them the focus, a
 * selection, scroll positions and a text that is being typed. Elements are recognized by their ids, and
 * keep their order. Details stay open or closed.
 */
export function update(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  if (old.localName === "input") return updateInput(old, fresh);
  updateAttributes(old, fresh);
  updateChildren(old, fresh);
}

/** Attributes that the visitor and the script set, but never the sandbox. */
const OWN_ATTRIBUTES = ["open", "aria-busy"];

function updateAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !OWN_ATTRIBUTES.includes(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value && !OWN_ATTRIBUTES.includes(name)) {
      old.setAttribute(name, value);
    }
  }
}

function updateChildren(old, fresh) {
  let at = old.firstChild;
  const removeOne = () => {
    const next = at.nextSibling;
    at.remove();
    at = next;
  };
  for (const next of [...fresh.childNodes]) {
    const match = next.id && [...old.children].find(({ id }) => id === next.id);
    // What stood before it is gone.
    if (match) { while (at !== match) removeOne(); }
    if (at !== null && at.nodeName === next.nodeName && at.id === next.id) {
      update(at, next);
      at = at.nextSibling;
    } else {
      old.insertBefore(next, at);
    }
  }
  while (at !== null) removeOne();
}

/** A suggestion replaces the last one, but nothing that the visitor writes or is about to change. */
function updateInput(old, fresh) {
  const isFocused = old === document.activeElement;
  const isTouched = old.value !== old.defaultValue || isFocused;
  if (isTouched && old.value !== "") {
    // Once a value is set, the default no longer replaces it.
    old.value = `${old.value}`;
    old.defaultValue = fresh.defaultValue;
  } else {
    old.defaultValue = fresh.defaultValue;
    old.value = fresh.defaultValue;
    // The next key replaces the suggestion.
    if (isFocused) old.select();
  }
}
