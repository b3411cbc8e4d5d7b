"use strict";
// Newsletter sign-up and account: the pages where a visitor gets a name.
(function () {
  const { translate, escapeHtml, track, user, journeyPath } = Bottega;
  const element = (id) => document.getElementById(id);
  const emailOf = (form) => form.elements.email.value.trim().toLowerCase();
  const journeyLink = () => `<a class="button" data-journey href="${journeyPath()}">${translate("Guarda il tuo percorso")}</a>`;

  function newsletter() {
    const form = element("newsletter");
    if (user.current()) form.elements.email.value = user.current().email;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const email = emailOf(form);
      const topics = new FormData(form).getAll("topic").join(",");
      user.identify(email);
      track("subscribe", { list: "bottega", topics });
      element("newsletter-done").innerHTML = `<p><strong>${translate("Iscrizione registrata per")} ${escapeHtml(email)}.</strong> ${translate("Non riceverai nulla: il negozio è inventato.")}</p><p>${journeyLink()}</p>`;
      form.hidden = true;
    });
  }

  function showAccount(message) {
    const known = user.current();
    element("signed-out").hidden = Boolean(known);
    element("signed-in").hidden = !known;
    element("account-status").textContent = message || "";
    if (!known) return;
    element("signed-in").innerHTML = `<h1>${translate("Ciao,")} ${escapeHtml(known.name || known.email)}</h1><p class="quiet">${escapeHtml(known.email)}</p>
      <p>${translate("Da ora il tuo percorso porta il tuo nome, anche per le pagine che avevi visto prima di entrare.")}</p>
      <p class="actions">${journeyLink()} <button type="button" class="button second" id="logout">${translate("Esci")}</button></p>`;
    element("logout").addEventListener("click", () => {
      track("logout", {});
      user.forget();
      showAccount(translate("Sei uscito. Da qui in poi sei di nuovo un visitatore senza nome."));
    });
  }

  function account() {
    for (const [id, eventName] of [["login", "login"], ["signup", "signup"]]) {
      const form = element(id);
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        user.identify(emailOf(form), form.elements.name ? form.elements.name.value.trim() : "");
        track(eventName, { method: "email" });
        form.reset();
        showAccount();
      });
    }
    showAccount();
  }

  if (element("newsletter")) newsletter();
  if (element("login")) account();
})();
