// All pages work without this script; it makes them kinder. One module a part of the page.

import {
  Button, CharacterCount, Checkboxes, createAll, ErrorSummary, ExitThisPage, NotificationBanner,
  PasswordInput, ServiceNavigation, SkipLink, Tabs,
} from "govuk-frontend";
import { Autosave } from "./autosave.js";
import { startConversations } from "./conversation.js";
import { arrived, forgetDrafts, keepOnlyDraftsOf } from "./kept.js";
import { PlainAccordion, PlainRadios } from "./parts.js";
import { SessionTimeout } from "./timeout.js";

for (const part of [
  PlainAccordion, Button, CharacterCount, Checkboxes, ErrorSummary, ExitThisPage,
  NotificationBanner, PasswordInput, PlainRadios, ServiceNavigation, SkipLink, Tabs,
]) {
  createAll(part);
}

const reader = document.body.dataset.reader ?? "";
// The sign-in page has no reader, and the drafts must outlive a time-out: only another reader clears them.
if (reader) keepOnlyDraftsOf(reader);

arrived();

// Before drafts: what a form shows at first is not something typed.
startConversations();

const drafts = [...document.querySelectorAll("form[data-autosave-url]")].map(
  (form) => new Autosave(form, reader),
);

for (const form of document.querySelectorAll("form[data-sign-out]")) {
  form.addEventListener("submit", forgetDrafts);
}

const dialog = document.getElementById("session-timeout");
if (dialog) {
  new SessionTimeout(dialog, () => Promise.allSettled(drafts.map((draft) => draft.save())));
}
