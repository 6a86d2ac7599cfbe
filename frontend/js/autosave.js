// Saves a form as it is typed, and says so. Nothing typed is lost: what the server cannot take
// waits on the device and is tried again.

import { draftKey, forget, handOver, keep, kept, keysOf, ofThisPage } from "./kept.js";

const pause = 1200; // milliseconds without typing before a save
const retries = [2, 5, 15, 30, 60]; // seconds between tries while the server cannot be reached
const never = new Set(["csrfmiddlewaretoken", "opened_page", "goes_on_from"]);
const shows = new Set(["version", "shown"]); // what a page shows; nobody types it
const asked = "asked_to_choose"; // of what a page asks whose version to keep
// Before the names of answers whose boxes come and go: of a conversation, of a way not taken, of a need not met.
const answer = /^(q-|why_not_|reason_|sentence_)/;

/** A name that no other opening of a page has: what it saved before it was sent may arrive after, and is told by it. */
function newName() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The hidden field with the page's name in a form. */
function nameField(form) {
  if (form.elements.opened_page) return form.elements.opened_page;
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "opened_page" });
  form.append(field);
  return field;
}

/** What is typed among some fields, to compare. */
function shape(fields) {
  return JSON.stringify(fields.filter(([name]) => !shows.has(name) && !never.has(name)));
}

function secret(control) {
  return control.type === "password" || control.type === "file" || control.dataset.noAutosave !== undefined;
}

export class Autosave {
  constructor(form, reader) {
    this.form = form;
    this.url = form.dataset.autosaveUrl;
    // A page that may be reached at another address later says by which name its typing is known.
    this.formKey = draftKey(reader, form.dataset.draftName ?? this.url);
    // Two tabs with one form do not write over each other's.
    this.key = ofThisPage(this.formKey);
    this.discards = document.querySelectorAll("form[data-throws-away]");
    this.named = [form, ...this.discards].map(nameField);
    this.pages = [];
    this.name();
    this.status = form.querySelector("[data-autosave-status]");
    this.words = this.status?.dataset ?? {};
    this.sent = shape(this.fields());
    this.failures = 0;
    this.stopped = false;
    this.clashed = false;
    form.addEventListener("input", () => this.later());
    form.addEventListener("change", () => this.later());
    form.addEventListener("submit", () => this.onSubmit());
    for (const discard of this.discards) discard.addEventListener("submit", () => this.onDiscard());
    addEventListener("online", () => this.save());
    addEventListener("pagehide", () => this.last());
    document.addEventListener("visibilitychange", () => document.hidden && this.last());
    addEventListener("beforeunload", (event) => this.warn(event));
    this.offer();
  }

  name() {
    this.pages.push(newName());
    for (const field of this.named) field.value = this.pages.at(-1);
  }

  /** Be a page of its own again: what it kept by an older name is told to be its own too, before the newest. */
  rename() {
    for (const field of this.named) field.before(field.cloneNode());
    this.name();
  }

  /** The fields as pairs, without what must never be stored. */
  fields() {
    const secrets = new Set([...this.form.elements].filter(secret).map((control) => control.name));
    return [...new FormData(this.form)].filter(
      ([name, value]) => !never.has(name) && !secrets.has(name) && typeof value === "string",
    );
  }

  get unsaved() {
    return shape(this.fields()) !== this.sent;
  }

  say(message, values = {}) {
    if (!this.status || message === undefined) return;
    this.status.textContent = message.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  }

  later() {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => this.save(), pause);
  }

  /** What tells this page from others, and which draft it showed when it was opened. */
  names() {
    const own = this.pages.map((page) => ["opened_page", page]);
    return [...own, ["goes_on_from", this.form.elements.goes_on_from?.value ?? ""]];
  }

  /** Keep fields on this device; false when it has no room. */
  keep(fields) {
    return keep(this.key, [...fields, ...this.names()]);
  }

  body(fields) {
    const token = this.form.elements.csrfmiddlewaretoken?.value ?? "";
    return new URLSearchParams([...fields, ...this.names(), ["csrfmiddlewaretoken", token]]);
  }

  async save() {
    clearTimeout(this.timer);
    if (this.stopped || !this.unsaved) return;
    if (this.clashed) {
      this.keep(this.fields());
      return;
    }
    if (this.saving) {
      this.again = true;
      return this.saving;
    }
    this.saving = this.send().finally(() => {
      this.saving = undefined;
    });
    await this.saving;
    if (this.again) {
      this.again = false;
      await this.save();
    }
  }

  async send() {
    const fields = this.fields();
    this.say(this.words.textSaving);
    try {
      const response = await fetch(this.url, {
        method: "POST",
        body: this.body(fields),
        headers: { Accept: "application/json", "X-Requested-With": "autosave" },
        credentials: "same-origin",
        redirect: "manual",
      });
      await this.onAnswer(response, fields);
    } catch {
      this.onUnreachable(fields);
    }
  }

  async onAnswer(response, fields) {
    if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) {
      this.keep(fields);
      this.say(this.words.textSignedOut);
      return;
    }
    if (response.status >= 500) throw new Error("not now");
    const answer = await told(response);
    if (response.ok) {
      this.onSaved(answer, fields);
    } else if (response.status === 409) {
      // The reader has to choose first: until they press the button, what they type waits on the device.
      this.clashed = true;
      this.keep(fields);
      this.say(answer.problem ?? this.words.textConflict);
    } else {
      this.keep(fields);
      this.say(this.words.textRefused, { problem: answer.problem ?? String(response.status) });
    }
  }

  onSaved(answer, fields) {
    this.failures = 0;
    this.sent = shape(fields);
    forget(this.key);
    if (answer.version !== undefined && this.form.elements.version) {
      this.form.elements.version.value = answer.version;
      if (answer.shown !== undefined && this.form.elements.shown) this.form.elements.shown.value = answer.shown;
    }
    const now = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    const words = answer.other_at === undefined ? this.words.textSaved : this.words.textApart;
    this.say(words, { time: answer.saved_at ?? now, other: answer.other_at });
  }

  onUnreachable(fields) {
    this.keep(fields);
    this.say(navigator.onLine ? this.words.textFailed : this.words.textOffline);
    const wait = retries[Math.min(this.failures, retries.length - 1)];
    this.failures += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait * 1000);
  }

  /** The page is going: a last save that outlives it, and the device's copy in case it does not arrive. */
  last() {
    if (this.stopped || this.submitting || !this.unsaved) return;
    const fields = this.fields();
    this.keep(fields);
    if (this.clashed) return;
    fetch(this.url, {
      method: "POST", body: this.body(fields), credentials: "same-origin", keepalive: true, redirect: "manual",
      headers: { Accept: "application/json", "X-Requested-With": "autosave" },
    }).then(async (response) => {
      if (response.ok) this.onSaved(await told(response), fields);
    }).catch(() => {});
  }

  onDiscard() {
    this.leave();
    forget(this.key);
  }

  onSubmit() {
    this.leave();
    // Kept until the next page shows that it arrived; a page of this form without it offers it again.
    if (this.unsaved && this.keep(this.fields())) handOver(this.key);
  }

  /** Save nothing more: what happens to what was typed is in the request that takes the page away. */
  leave() {
    this.submitting = true;
    this.stopped = true;
    clearTimeout(this.timer);
    // Coming back with the browser's back button shows this page as it was: save again from there.
    addEventListener("pageshow", () => {
      this.submitting = false;
      this.stopped = false;
      this.clashed = false;
      this.rename();
    }, { once: true });
  }

  /** Ask before leaving only when something typed is nowhere but on this page. */
  warn(event) {
    if (this.submitting || !this.unsaved || this.failures === 0 || kept(this.key)) return;
    event.preventDefault();
  }

  /** Offer what waits on the device, the latest first, unless the form shows it already. */
  offer() {
    const offered = keysOf(this.formKey).find((key) => {
      // What has no box any more is not put back, such as a tick that the page no longer asks for; an answer is.
      const fits = (kept(key) ?? []).filter(([name, value]) => this.form.elements[name] || said(name, value));
      if (fits.length > 0 && shape(fits) !== this.sent) return true;
      forget(key);
      return false;
    });
    if (!offered || !this.status) return;
    this.say(this.words.textFound);
    this.status.append(
      " ",
      this.button(this.words.textRestore, () => this.restore(offered)),
      " ",
      this.button(this.words.textDiscard, () => {
        forget(offered);
        this.say("");
        this.offer();
      }),
    );
  }

  button(text, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "along-link-button";
    button.textContent = text;
    button.addEventListener("click", act);
    return button;
  }

  /** What is put back takes the place of the draft that the page shows only where it goes on from that one. */
  goOnFrom(waiting) {
    const { goes_on_from: from } = this.form.elements;
    if (!from) return;
    const told = (of) => waiting.filter(([name]) => name === of).map(([, value]) => value);
    const own = told("opened_page").some((page) => from.value.endsWith(` ${page}`));
    if (!own && !told("goes_on_from").includes(from.value)) from.value = "";
  }

  /** Put back what was typed, with what its page showed and asked then: by it the server tells who changed what. */
  restore(offered) {
    const waiting = kept(offered);
    if (!waiting) return;
    // From now on it is this page's.
    if (offered !== this.key && keep(this.key, waiting)) forget(offered);
    this.goOnFrom(waiting);
    const values = Map.groupBy ? Map.groupBy(waiting, ([name]) => name) : group(waiting);
    const { shown } = this.form.elements;
    if (shown && !values.has("shown")) shown.value = "";
    // What the page asked, and answers of which somebody took away the place meanwhile: the server has to know of both.
    const without = waiting.filter(([name, value]) => !this.form.elements[name] && (name === asked || said(name, value)));
    this.form.append(...without.map(([name]) => Object.assign(document.createElement("input"), { type: "hidden", name })));
    for (const control of this.form.elements) {
      if (!control.name || never.has(control.name) || secret(control)) continue;
      const given = (values.get(control.name) ?? []).map(([, value]) => value);
      if (control.type === "checkbox" || control.type === "radio") {
        control.checked = given.includes(control.value);
      } else if (control instanceof HTMLSelectElement) {
        for (const option of control.options) option.selected = given.includes(option.value);
      } else if (given.length && control.type !== "submit" && control.type !== "button") {
        control.value = given.shift();
        values.set(control.name, given.map((value) => [control.name, value]));
      }
      control.dispatchEvent(new Event("change", { bubbles: true }));
    }
    this.save();
  }
}

/** Whether this is an answer, with words in it. */
function said(name, value) {
  return answer.test(name) && value.trim() !== "";
}

/** What the server answered to a save; it may have nothing to say. */
async function told(response) {
  return response.status === 204 ? {} : response.json();
}

function group(pairs) {
  const grouped = new Map();
  for (const pair of pairs) grouped.set(pair[0], [...(grouped.get(pair[0]) ?? []), pair]);
  return grouped;
}
