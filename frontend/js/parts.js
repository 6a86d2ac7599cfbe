// Two parts of GOV.UK Frontend, mended where WCAG 2.2 checkers object.

import { Accordion, Radios } from "govuk-frontend";

/** A radio button may not carry aria-expanded; what it reveals follows it at once in reading order. */
export class PlainRadios extends Radios {
  syncConditionalRevealWithInputState(input) {
    super.syncConditionalRevealWithInputState(input);
    input.removeAttribute("aria-expanded");
  }
}

/** A button's name is what is written on it, and the section it controls has the id that it says. */
export class PlainAccordion extends Accordion {
  constructor(root, config) {
    root.querySelectorAll(".govuk-accordion__section-content").forEach((content, index) => {
      content.id = `${root.id}-content-${index + 1}`;
    });
    super(root, config);
  }

  setExpanded(expanded, section) {
    super.setExpanded(expanded, section);
    section.querySelector("button")?.removeAttribute("aria-label");
  }
}
