// Forms of conversations: questions that depend on others show and hide as one answers, and a choice
// can be taken back. Without this script the server does the same after each save.

const prefix = "q-";

function listed(node) {
  return !node.closest("[hidden]");
}

/** What a box says: where it offers options, the key of the one whose words are in it. */
function keyed(control) {
  const words = (text) => text.trim().replace(/\s+/g, " ").toLowerCase();
  const found = [...(control.list?.options ?? [])].find((option) => words(option.value) === words(control.value));
  return found?.dataset.key ?? control.value;
}

class Conversation {
  constructor(form) {
    this.form = form;
    this.parts = [...form.querySelectorAll("[data-when]")].map((element) => ({
      element,
      rule: JSON.parse(element.dataset.when),
    }));
    this.seen = form.elements.namedItem("seen");
    form.addEventListener("input", () => this.settle());
    form.addEventListener("change", () => this.settle());
    for (const group of form.querySelectorAll(".govuk-radios")) this.offerClearing(group);
    for (const box of form.querySelectorAll("[data-slider]")) this.addSlider(box);
    this.settle();
  }

  /** What is answered under some names, in questions that are shown. */
  values(names) {
    const wanted = new Set(names.map((name) => prefix + name));
    return [...this.form.elements]
      .filter((control) => wanted.has(control.name) && listed(control))
      .filter((control) => !["radio", "checkbox"].includes(control.type) || control.checked)
      .flatMap((control) => (control instanceof HTMLSelectElement
        ? [...control.selectedOptions].map((option) => option.value) : [keyed(control)]))
      .filter((value) => value.trim() !== "");
  }

  holds(condition) {
    const found = this.values(condition.names);
    const { operator, value, number } = condition;
    if (operator === "exists") return (found.length > 0) === value;
    const read = (text) => (number ? Number(text) : text);
    const tests = {
      "=": (each) => read(each) === read(value),
      ">": (each) => read(each) > read(value),
      "<": (each) => read(each) < read(value),
      ">=": (each) => read(each) >= read(value),
      "<=": (each) => read(each) <= read(value),
    };
    if (operator === "!=") return !found.some(tests["="]);
    return found.some(tests[operator]);
  }

  satisfied(rule) {
    return rule.any ? rule.any.some((each) => this.holds(each)) : rule.all.every((each) => this.holds(each));
  }

  settle() {
    // A question shown by another may itself show a third: go round until nothing changes.
    for (let round = 0; round < 20; round += 1) {
      let changed = false;
      for (const { element, rule } of this.parts) {
        const hidden = !this.satisfied(rule);
        changed ||= element.hidden !== hidden;
        element.hidden = hidden;
      }
      if (!changed) break;
    }
    if (!this.seen) return;
    const shown = [...this.form.querySelectorAll("[data-part]")].filter(listed);
    this.seen.value = shown.map((element) => element.dataset.part).join("\n");
  }

  /** Put a slider beside a box for a number. The box keeps the answer, and is blank until there is one. */
  addSlider(box) {
    const [least, most, step] = box.dataset.slider.split(" ");
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", min: least, max: most, step, className: "along-slider" });
    slider.setAttribute("aria-labelledby", `${box.id}-label`);
    box.labels[0]?.setAttribute("id", `${box.id}-label`);
    const follow = () => {
      slider.value = box.value.trim() || String((Number(least) + Number(most)) / 2);
      slider.classList.toggle("along-slider--unset", !box.value.trim());
    };
    box.addEventListener("input", follow);
    slider.addEventListener("input", () => {
      box.value = slider.value;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    });
    (box.closest(".govuk-input__wrapper") ?? box).after(slider);
    follow();
  }

  offerClearing(group) {
    const words = this.form.dataset.clear;
    if (!words) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "along-link-button along-screen-only";
    button.textContent = words;
    const legend = group.closest("fieldset")?.querySelector("legend")?.textContent.trim();
    if (legend) button.setAttribute("aria-label", `${words}: ${legend}`);
    const radios = [...group.querySelectorAll("input[type=radio]")];
    const show = () => {
      button.hidden = !radios.some((radio) => radio.checked);
    };
    button.addEventListener("click", () => {
      for (const radio of radios) radio.checked = false;
      // Browsers post nothing for radios with none chosen: say that the answer was taken back.
      let empty = group.querySelector("input[type=hidden]");
      if (!empty) {
        empty = Object.assign(document.createElement("input"), { type: "hidden", name: radios[0].name, value: "" });
        group.append(empty);
      }
      radios[0].focus();
      this.form.dispatchEvent(new Event("change", { bubbles: true }));
      show();
    });
    group.addEventListener("change", show);
    group.after(button);
    show();
  }
}

export function startConversations() {
  for (const form of document.querySelectorAll("form[data-conversation]")) new Conversation(form);
}
