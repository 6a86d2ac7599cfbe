// Warns before the session ends, saves what is typed, and stays signed in when asked.
// Time is measured against the clock, not by counting: a sleeping laptop wakes to the truth.

export class SessionTimeout {
  constructor(dialog, saveDrafts) {
    this.dialog = dialog;
    this.saveDrafts = saveDrafts;
    this.left = dialog.querySelector("[data-timeout-left]");
    this.announce = dialog.querySelector("[data-timeout-announce]");
    this.problem = dialog.querySelector("[data-timeout-problem]");
    this.warning = Number(dialog.dataset.warningSeconds) * 1000;
    this.start(Number(dialog.dataset.timeoutSeconds));
    dialog.querySelector("[data-timeout-stay]").addEventListener("click", () => this.stay());
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault(); // Escape means “I am still here”
      this.stay();
    });
    // Another tab that stayed signed in keeps this one signed in too.
    this.channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("alongside:session") : undefined;
    this.channel?.addEventListener("message", (event) => this.start(event.data.seconds));
    this.ticking = setInterval(() => this.tick(), 1000);
  }

  start(seconds) {
    this.end = Date.now() + seconds * 1000;
    this.warned = false;
    if (this.dialog.open) this.dialog.close();
  }

  tick() {
    const left = this.end - Date.now();
    if (left <= 0) this.over();
    else if (left <= this.warning) this.warn(Math.ceil(left / 1000));
  }

  words(seconds) {
    const minutes = Math.ceil(seconds / 60);
    const { textMinute, textMinutes, textSeconds } = this.dialog.dataset;
    if (seconds <= 60) return textSeconds.replace("{count}", String(seconds));
    return minutes === 1 ? textMinute : textMinutes.replace("{count}", String(minutes));
  }

  warn(seconds) {
    if (!this.warned) {
      this.warned = true;
      this.saveDrafts();
      if (!this.dialog.open) this.dialog.showModal();
    }
    this.left.textContent = this.words(seconds);
    // A screen reader hears every half minute, not every second.
    if (seconds % 30 === 0 || seconds === 10) this.announce.textContent = this.words(seconds);
  }

  async stay() {
    try {
      const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
      const response = await fetch(this.dialog.dataset.keepAliveUrl, {
        method: "POST",
        body: new URLSearchParams({ csrfmiddlewaretoken: token }),
        credentials: "same-origin",
        redirect: "manual",
      });
      if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) return this.over();
      const { seconds } = await response.json();
      this.problem.hidden = true;
      this.start(seconds);
      this.channel?.postMessage({ seconds });
    } catch {
      this.problem.hidden = false;
    }
  }

  /** Signed out: save what can be saved, then let the server say so and ask to sign in again. */
  async over() {
    clearInterval(this.ticking);
    await this.saveDrafts();
    location.reload();
  }
}
