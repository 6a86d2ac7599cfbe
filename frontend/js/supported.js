// Runs before the page is drawn, so that enhanced components do not jump when the rest arrives.
// A file of its own because the security policy allows no script inside the page.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}
