"use strict";
// What every page shares: basket, signed-in user, events, header and footer.
(function () {
  const { language, translate, products, drawing } = Bottega;

  // Storage may be refused (private windows, strict settings): the shop then forgets between pages but still works.
  const memory = {};
  function read(key, fallback) {
    try { return JSON.parse(localStorage.getItem(key)) ?? fallback; } catch { return memory[key] ?? fallback; }
  }
  function write(key, value) {
    memory[key] = value;
    try { value === null ? localStorage.removeItem(key) : localStorage.setItem(key, JSON.stringify(value)); } catch { /* kept in memory */ }
  }

  const escapeHtml = (text) => String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const money = (cents) => new Intl.NumberFormat(language, { style: "currency", currency: "EUR" }).format(cents / 100);
  const decimal = (cents) => (cents / 100).toFixed(2);
  const find = (id) => products.find((product) => product.id === id);
  const capitalised = (word) => word[0].toUpperCase() + word.slice(1);
  const categoryName = (category) => translate(capitalised(category));
  const track = (name, props) => window.orma("event", name, props);

  /** An item as events carry it; the price is a decimal string. */
  const eventItem = (product, quantity) => ({ id: product.id, name: product.name, price: decimal(product.cents), quantity });

  const basket = {
    /** Lines whose product still exists: [{product, size, quantity}]. */
    lines() {
      return read("bottega.basket", []).map((line) => ({ ...line, product: find(line.id) })).filter((line) => line.product && line.quantity > 0);
    },
    save(lines) {
      write("bottega.basket", lines.map(({ product, size, quantity }) => ({ id: product.id, size, quantity })));
      document.querySelectorAll("shop-header").forEach((header) => header.showBasketCount());
    },
    add(product, size) {
      const lines = basket.lines();
      const same = lines.find((line) => line.product.id === product.id && line.size === size);
      if (same) same.quantity += 1;
      else lines.push({ product, size, quantity: 1 });
      basket.save(lines);
    },
    count: () => basket.lines().reduce((sum, line) => sum + line.quantity, 0),
    totalCents: () => basket.lines().reduce((sum, line) => sum + line.quantity * line.product.cents, 0),
    eventItems: () => basket.lines().map((line) => eventItem(line.product, line.quantity)),
  };

  const user = {
    current: () => read("bottega.user", null),
    identify(email, name) {
      const known = user.current();
      const traits = { email };
      const knownName = name || (known && known.email === email && known.name) || "";
      if (knownName) traits.name = knownName;
      write("bottega.user", { email, name: knownName });
      window.orma("identify", email, traits);
      showJourneyLinks();
    },
    forget() {
      write("bottega.user", null);
      window.orma("reset");
      showJourneyLinks();
    },
  };

  /** The visitor id that the SDK keeps, or an empty string before it has one. */
  function visitor() {
    try { return localStorage.getItem("orma.visitor") || ""; } catch { return ""; }
  }

  /** The dashboard page of whoever is looking: by e-mail once known, by visitor id before, the live page without either. */
  function journeyPath() {
    const person = (user.current() && user.current().email) || visitor();
    return person ? `/sites/demo/people/${encodeURIComponent(person)}` : "/sites/demo/live";
  }
  function showJourneyLinks() {
    for (const link of document.querySelectorAll("a[data-journey]")) link.href = journeyPath();
  }
  // The SDK loads after the header is drawn and may renew its id, so the address is settled again when it is about to be used.
  document.addEventListener("DOMContentLoaded", showJourneyLinks);
  addEventListener("load", showJourneyLinks);
  for (const type of ["pointerdown", "focusin", "click"]) document.addEventListener(type, (event) => {
    if (event.target.closest && event.target.closest("a[data-journey]")) showJourneyLinks();
  }, true);

  const card = (product) => `<li><a class="card" data-product="${product.id}" href="/demo/prodotto.html?id=${product.id}" style="--tint:${product.tint}">
    <span class="tile">${drawing(product)}</span>
    <span class="card-line"><strong>${product.name}</strong><span>${money(product.cents)}</span></span>
    <span class="quiet">${product[language][0]}</span></a></li>`;

  const icons = {
    footprint: '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M9 3c3 0 5 3 5 7 0 3-1 4-1 6 0 3-1 5-4 5s-4-2-4-5c0-2 1-3 1-5 0-4 0-8 3-8z"/><circle cx="16.500" cy="5.500" r="1.600"/><circle cx="18.500" cy="9" r="1.400"/><circle cx="19" cy="12.500" r="1.200"/></svg>',
    basket: '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 9h16l-1.500 11h-13zM8.500 9a3.500 5 0 0 1 7 0" fill="none" stroke="currentColor" stroke-width="1.700" stroke-linejoin="round"/></svg>',
    person: '<svg viewBox="0 0 24 24" aria-hidden="true"><g fill="none" stroke="currentColor" stroke-width="1.700" stroke-linecap="round"><circle cx="12" cy="8" r="3.800"/><path d="M4.500 20c1-4 4-6 7.500-6s6.500 2 7.500 6"/></g></svg>',
  };

  const searchForm = (big) => `<form class="search${big ? " big" : ""}" action="/demo/cerca.html" role="search">
    <label class="hidden" for="search-field">${translate("Cerca una scarpa")}</label>
    <input id="search-field" name="q" type="search" maxlength="80" autocomplete="off" placeholder="${translate("Cerca una scarpa")}">
    <button type="submit">${translate("Cerca")}</button></form>`;

  customElements.define("shop-header", class extends HTMLElement {
    connectedCallback() {
      const here = location.pathname.split("/").pop();
      const item = (page, text) => `<a href="/demo/${page}"${here === page ? ' aria-current="page"' : ""}>${translate(text)}</a>`;
      const other = language === "it" ? { code: "en", label: "English" } : { code: "it", label: "Italiano" };
      this.innerHTML = `<a class="skip" href="#main">${translate("Vai al contenuto")}</a>
        <aside class="demo-note" aria-label="orma">${icons.footprint}<p>${translate("Questo è il negozio dimostrativo di orma: quello che fai qui compare nella dashboard.")}
          <span class="demo-links"><a data-journey href="${journeyPath()}">${translate("Guarda il tuo percorso")}</a> <a href="/">Dashboard</a></span></p></aside>
        <header class="head"><a class="brand" href="/demo/">Bottega</a>
          <nav aria-label="${translate("Sezioni")}">${item("scarpe.html", "Scarpe")}${item("newsletter.html", "Lettera")}${item("lenta.html", "La pagina lenta")}${item("errore.html", "La pagina che sbaglia")}</nav>
          ${here === "cerca.html" ? '<span class="search"></span>' : searchForm()}
          <div class="tools"><button type="button" class="plain" lang="${other.code}">${other.label}</button>
            <a class="icon" href="/demo/account.html" aria-label="${translate("Il tuo account")}" title="${translate("Il tuo account")}">${icons.person}</a>
            <a class="icon" href="/demo/carrello.html" data-basket>${icons.basket}<span class="count" aria-hidden="true"></span></a></div></header>`;
      this.querySelector("button[lang]").addEventListener("click", () => {
        try { localStorage.setItem("bottega.language", other.code); } catch { return; }
        location.reload();
      });
      this.showBasketCount();
      // On a phone the sections scroll sideways; the current one must be in view.
      const current = this.querySelector("nav [aria-current]");
      if (current) current.parentElement.scrollLeft = current.offsetLeft - current.parentElement.offsetLeft;
    }
    showBasketCount() {
      const link = this.querySelector("[data-basket]");
      const count = basket.count();
      link.setAttribute("aria-label", `${translate("Carrello")}: ${count} ${translate("articoli")}`);
      link.querySelector(".count").textContent = count || "";
    }
  });

  customElements.define("shop-footer", class extends HTMLElement {
    connectedCallback() {
      // The footer stands behind everything that the page's HTML says, so this is the earliest moment to translate it all.
      Bottega.translatePage();
      this.innerHTML = `<footer><p>${translate("Bottega è un negozio inventato: non si vende e non si spedisce niente. Usa pure un nome e un indirizzo e-mail di fantasia.")}</p>
        <nav aria-label="${translate("Pagine di prova")}"><a href="/demo/lenta.html">${translate("La pagina lenta")}</a><a href="/demo/errore.html">${translate("La pagina che sbaglia")}</a><a href="/demo/non-trovata.html">${translate("Una pagina che non c'è")}</a></nav></footer>`;
    }
  });

  // Coming back with the back button may show a page frozen before the basket changed.
  addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("shop-header").forEach((header) => header.showBasketCount());
  });

  Object.assign(Bottega, { read, write, escapeHtml, money, decimal, find, categoryName, track, eventItem, basket, user, card, searchForm, journeyPath });
})();
