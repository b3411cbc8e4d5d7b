"use strict";
// The slow page and the failing page. What is bad here is bad for real: nothing is reported that did not happen.
(function () {
  const { drawing, find, translate, money } = Bottega;
  const element = (id) => document.getElementById(id);

  // Poor begins above 4,000 ms for LCP, 0.25 for CLS and 500 ms for INP (web.dev/articles/vitals); these lie well beyond.
  const noticeDelayMs = 3800;
  const heroDelayMs = 4500;
  const blockMs = 900;

  function showNotice() {
    const notice = document.createElement("p");
    notice.className = "late-notice";
    notice.textContent = translate("Un avviso in ritardo: ti ha spostato quello che leggevi, e fra un attimo succede ancora.");
    element("late").prepend(notice);
  }

  function showHero() {
    const sandal = find("sandalo-positano");
    const picture = new Image(1120, 848);
    picture.alt = sandal[Bottega.language][0];
    picture.src = "data:image/svg+xml," + encodeURIComponent(drawing(sandal).replace("<svg ", '<svg width="1120" height="848" '));
    const figure = document.createElement("figure");
    figure.className = "late-hero";
    figure.style.setProperty("--tint", sandal.tint);
    figure.innerHTML = `<figcaption><strong>${translate("Ecco la scarpa che stavi aspettando")}</strong><span>${translate("È arrivata tardi, ed è la cosa più grande della pagina: per questo conta come LCP.")}</span></figcaption>`;
    figure.prepend(picture);
    element("late").append(figure);
    element("late-status").textContent = `${translate("L'immagine è arrivata dopo")} ${Math.round(performance.now())} ms.`;
    // Only now: a press before the picture would end the measurement of LCP early, with a good value.
    element("slow-button").disabled = false;
  }

  function slowPage() {
    setTimeout(showNotice, noticeDelayMs);
    setTimeout(showHero, heroDelayMs);
    element("slow-button").addEventListener("click", () => {
      const start = performance.now();
      let cents = 0;
      while (performance.now() - start < blockMs) cents = (cents + 1) % find("sandalo-positano").cents;
      const blocked = Math.round(performance.now() - start);
      element("slow-result").textContent = `${translate("La pagina è rimasta bloccata per")} ${blocked} ms. ${money(find("sandalo-positano").cents)}`;
    });
  }

  function failingPage() {
    // Shown on the page as well, because the error itself is only visible in the browser's console.
    addEventListener("error", (event) => { element("fail-result").textContent = `${translate("Errore registrato:")} ${event.message}`; });
    const vouchers = {};
    element("fail-button").addEventListener("click", () => {
      const voucher = vouchers["AUTUNNO-2019"];
      element("fail-result").textContent = money(voucher.cents);
    });
    element("stuck-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const button = element("stuck-submit");
      button.disabled = true;
      button.textContent = translate("Invio in corso…");
    });
  }

  if (element("late")) slowPage();
  if (element("fail-button")) failingPage();
})();
