"use strict";
// Home, the filtered list, the product page and the search.
(function () {
  const { products, categories, drawing, language, translate, escapeHtml, money, find, categoryName, track, eventItem, basket, card } = Bottega;
  const element = (id) => document.getElementById(id);
  const parameters = () => new URLSearchParams(location.search);
  const cards = (list) => `<ul class="cards">${list.map(card).join("")}</ul>`;

  function home() {
    element("hero-shoe").innerHTML = drawing(find("decollete-roma"));
    element("categories").innerHTML = categories.map((category) => {
      const product = products.find((one) => one.category === category);
      return `<li><a class="card small" href="/demo/scarpe.html?tipo=${category}" style="--tint:${product.tint}"><span class="tile">${drawing(product)}</span><strong>${categoryName(category)}</strong></a></li>`;
    }).join("");
    element("favourites").innerHTML = cards(["mocassino-firenze", "sneaker-milano", "sandalo-taormina", "stivale-siena"].map(find));
  }

  // The filter changes the address without loading a page, so that navigation inside one page is seen as well.
  function list() {
    const choices = ["", ...categories];
    const address = (category) => "/demo/scarpe.html" + (category ? `?tipo=${category}` : "");
    element("filter").innerHTML = choices.map((category) =>
      `<a href="${address(category)}" data-filter="${category}">${category ? categoryName(category) : translate("Tutte")}</a>`).join("");

    function show() {
      const asked = parameters().get("tipo") || "";
      const category = choices.includes(asked) ? asked : "";
      const shown = products.filter((product) => !category || product.category === category);
      const heading = category ? categoryName(category) : translate("Tutte le scarpe");
      document.title = `${heading} · Bottega`;
      element("list-heading").textContent = heading;
      element("list-count").textContent = `${shown.length} ${translate(shown.length === 1 ? "modello" : "modelli")}`;
      element("list").innerHTML = cards(shown);
      for (const link of element("filter").children) {
        if (link.dataset.filter === category) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    }

    element("filter").addEventListener("click", (event) => {
      const link = event.target.closest("a[data-filter]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      history.pushState(null, "", link.href);
      show();
    });
    addEventListener("popstate", show);
    show();
  }

  function product() {
    const shown = find(parameters().get("id"));
    if (!shown) {
      document.title = `${translate("Questa scarpa non c'è")} · Bottega`;
      element("product").innerHTML = `<div class="narrow"><h1>${translate("Questa scarpa non c'è")}</h1><p>${translate("Forse è andata via a piedi. Le altre sono tutte qui.")}</p><p><a class="button" href="/demo/scarpe.html">${translate("Tutte le scarpe")}</a></p></div>`;
      return;
    }
    const [kind, story] = shown[language];
    const sizes = shown.category === "classiche" ? [40, 41, 42, 43, 44] : [36, 37, 38, 39, 40];
    document.title = `${shown.name}, ${kind.toLowerCase()} · Bottega`;
    element("product").innerHTML = `<nav class="trail" aria-label="${translate("Sei qui")}"><a href="/demo/scarpe.html">${translate("Scarpe")}</a> / <a href="/demo/scarpe.html?tipo=${shown.category}">${categoryName(shown.category)}</a></nav>
      <div class="product" style="--tint:${shown.tint}"><div class="tile">${drawing(shown, kind)}</div>
      <form><p class="eyebrow">${kind}</p><h1>${shown.name}</h1><p class="price">${money(shown.cents)}</p><p>${story}</p>
        <fieldset class="sizes"><legend>${translate("Numero")}</legend>${sizes.map((size, index) => `<label><input type="radio" name="size" value="${size}"${index === 2 ? " checked" : ""}><span>${size}</span></label>`).join("")}</fieldset>
        <button class="button" id="add-to-cart" type="submit">${translate("Aggiungi al carrello")}</button>
        <p class="added" role="status"></p>
        <p class="quiet">${translate("Reso gratuito entro trenta giorni, nel mondo dei negozi inventati.")}</p></form></div>
      <h2>${translate("Ti potrebbero piacere")}</h2>`
      + cards(products.filter((other) => other !== shown).sort((a, b) => (b.category === shown.category) - (a.category === shown.category)).slice(0, 4));
    track("view_item", { items: [eventItem(shown, 1)], category: shown.category });

    const form = element("product").querySelector("form");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const size = Number(new FormData(form).get("size"));
      basket.add(shown, size);
      track("add_to_cart", { items: [eventItem(shown, 1)], category: shown.category, size });
      form.querySelector("[role=status]").innerHTML = `${translate("Aggiunta al carrello.")} <a href="/demo/carrello.html">${translate("Vai al carrello")}</a>`;
    });
  }

  /** Small letters without accents, so that "décolleté" is found by "decollete". */
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  function search() {
    const asked = (parameters().get("q") || "").trim().slice(0, 80);
    element("search-place").innerHTML = Bottega.searchForm(true);
    element("search-field").value = asked;
    element("search-hints").innerHTML = ["rosso", "stivale", "pelle", "tacco", "Capri"].map(translate)
      .map((word) => `<a href="/demo/cerca.html?q=${encodeURIComponent(word)}">${word}</a>`).join("");
    if (!asked) return;
    const matching = (wanted) => products.filter((one) => {
      const text = [one.name, categoryName(one.category), ...one[language], language === "it" ? "scarpa scarpe" : "shoe shoes"].join(" ");
      const words = plain(text).split(/[^\p{L}\p{N}]+/u);
      return wanted.every((beginning) => words.some((word) => word.startsWith(beginning)));
    });
    const typed = plain(asked).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
    // Endings mark gender and number ("rosso" for "rossa", "boots" for "boot"), so without a match they are left off.
    const ending = language === "it" ? /(?<=.{4})[aeio]$/ : /(?<=.{3})e?s$/;
    let found = typed.length ? matching(typed) : [];
    if (typed.length && !found.length) found = matching(typed.map((word) => word.replace(ending, "")));
    document.title = `${translate("Risultati per")} «${asked}» · Bottega`;
    element("results").innerHTML = `<h2>${translate("Risultati per")} «${escapeHtml(asked)}»</h2>`
      + (found.length ? cards(found) : `<p>${translate("Nessuna scarpa corrisponde. Prova con «rosso», «stivale» o «Capri».")}</p>`);
    track("search", { q: asked, results: found.length });
  }

  if (element("hero-shoe")) home();
  if (element("filter")) list();
  if (element("product")) product();
  if (element("results")) search();
})();
