// Building page elements from data. Text always goes in as text, never as markup.

/**
 * Makes one element.
 *
 * @param {string} name tag name
 * @param {Record<string, unknown>} attributes `class`, `text`, `dataset` (object), `on` (object of
 *   listeners), or any attribute; null and false leave an attribute out, true sets it empty
 * @param {...(Node | string | null)} children appended in order; null is left out
 * @returns {HTMLElement}
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "class") made.className = value;
    else if (key === "text") made.textContent = value;
    else if (key === "dataset") Object.assign(made.dataset, value);
    else if (key === "on") {
      for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener);
    } else made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** The element with this id, which index.html is known to have. */
export function byId(id) {
  return document.getElementById(id);
}
