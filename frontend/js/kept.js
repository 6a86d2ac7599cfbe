// What could not be sent to the server and waits on this device.
//
// People's details do not belong on a device, so something is here only while it is nowhere else:
// it goes as soon as the server has it, at sign-out, and when somebody else signs in.

const prefix = "alongside:draft:";

function keys() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return []; // storage is switched off: nothing is kept, nothing breaks
  }
}

export function draftKey(reader, form) {
  return `${prefix}${reader}:${form}`;
}

/** The key of what one page keeps of a form: no other page has it, and the later one is greater. */
export function ofThisPage(formKey) {
  return `${formKey}#${Date.now()} ${Math.random()}`;
}

/** The keys under which something is kept of a form, the latest first. */
export function keysOf(formKey) {
  return keys().filter((key) => key === formKey || key.startsWith(`${formKey}#`)).sort().reverse();
}

/** Keep fields under a key; false when the device has no room or no storage. */
export function keep(key, fields) {
  try {
    localStorage.setItem(key, JSON.stringify(fields));
    return true;
  } catch {
    return false;
  }
}

export function kept(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

export function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // as above
  }
}

const handed = "alongside:handed-over";

/** Remember in this tab that something kept is on its way to the server with the page it stands on. */
export function handOver(key) {
  try {
    sessionStorage.setItem(handed, JSON.stringify({ key, from: location.href.split("#")[0] }));
  } catch {
    // as above
  }
}

/** Forget what was on its way: the page after that one is the sign that the server has it, unless it says that it has not. */
export function arrived() {
  try {
    const { key, from } = JSON.parse(sessionStorage.getItem(handed) ?? "{}");
    if (!key) return;
    sessionStorage.removeItem(handed);
    if (document.referrer === from && !document.querySelector("[data-not-taken]")) forget(key);
  } catch {
    // as above
  }
}

export function forgetDrafts() {
  keys().forEach(forget);
}

export function keepOnlyDraftsOf(reader) {
  keys().filter((key) => !key.startsWith(draftKey(reader, ""))).forEach(forget);
}
