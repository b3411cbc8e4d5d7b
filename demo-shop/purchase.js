"use strict";
// Basket, checkout and thank-you page.
(function () {
  const { drawing, language, translate, escapeHtml, money, decimal, track, basket, user, read, write } = Bottega;
  const element = (id) => document.getElementById(id);
  const emptyBasket = () => `<p>${translate("Il carrello è vuoto.")}</p><p><a class="button" href="/demo/scarpe.html">${translate("Guarda la collezione")}</a></p>`;
  const total = () => `<p class="total"><span>${translate("Totale")}</span><strong>${money(basket.totalCents())}</strong></p>`;

  function showBasket() {
    const lines = basket.lines();
    if (!lines.length) { element("basket").innerHTML = emptyBasket(); return; }
    element("basket").innerHTML = `<ul class="lines">${lines.map(({ product, size, quantity }, index) => `<li style="--tint:${product.tint}">
        <a class="tile" href="/demo/prodotto.html?id=${product.id}" tabindex="-1" aria-hidden="true">${drawing(product)}</a>
        <div><a href="/demo/prodotto.html?id=${product.id}"><strong>${product.name}</strong></a><br><span class="quiet">${product[language][0]}, ${Number(size)}</span></div>
        <label>${translate("Quantità")} <input type="number" min="1" max="9" value="${Number(quantity)}" data-quantity="${index}"></label>
        <strong class="sum">${money(product.cents * quantity)}</strong>
        <button type="button" class="plain" data-remove="${index}" aria-label="${translate("Togli")} ${product.name}">${translate("Togli")}</button></li>`).join("")}</ul>
      ${total()}<p class="actions"><a class="button" id="go-to-checkout" href="/demo/cassa.html">${translate("Vai alla cassa")}</a> <a href="/demo/scarpe.html">${translate("Continua a guardare")}</a></p>`;
  }

  function basketPage() {
    element("basket").addEventListener("change", (event) => {
      const index = event.target.dataset.quantity;
      if (index === undefined) return;
      const lines = basket.lines();
      lines[index].quantity = Math.min(9, Math.max(1, Math.round(Number(event.target.value)) || 1));
      basket.save(lines);
      showBasket();
      element("basket").querySelector(`[data-quantity="${index}"]`).focus();
    });
    element("basket").addEventListener("click", (event) => {
      const index = event.target.dataset.remove;
      if (index === undefined) return;
      basket.save(basket.lines().filter((_, place) => place !== Number(index)));
      showBasket();
      element("basket-heading").focus();
    });
    showBasket();
  }

  /** Short, unlikely to repeat, easy to read aloud. */
  const newOrderId = () => `B-${Date.now().toString(36)}${Math.floor(Math.random() * 1296).toString(36).padStart(2, "0")}`.toUpperCase();

  function placeOrder(form) {
    const lines = basket.lines();
    if (!lines.length || form.dataset.sent) return;
    form.dataset.sent = "yes";
    const name = form.elements.name.value.trim();
    const email = form.elements.email.value.trim().toLowerCase();
    const order = { id: newOrderId(), name, cents: basket.totalCents(), lines: lines.map(({ product, size, quantity }) => ({ id: product.id, size, quantity })) };
    user.identify(email, name);
    track("order", { order_id: order.id, items: basket.eventItems(), revenue: { amount: decimal(order.cents), currency: "EUR" } });
    write("bottega.order", order);
    write("bottega.checkout", null);
    basket.save([]);
    location.href = "/demo/grazie.html";
  }

  function checkout() {
    const lines = basket.lines();
    const form = element("checkout");
    if (!lines.length) { form.outerHTML = emptyBasket(); return; }
    element("summary").innerHTML = `<ul>${lines.map(({ product, size, quantity }) => `<li><span>${quantity} × ${product.name}, ${Number(size)}</span><span>${money(product.cents * quantity)}</span></li>`).join("")}</ul>${total()}`;
    const known = user.current();
    if (known) {
      form.elements.name.value = known.name;
      form.elements.email.value = known.email;
    }
    // One checkout begins once, however often its page is reloaded.
    const contents = JSON.stringify(basket.eventItems());
    if (read("bottega.checkout", "") !== contents) {
      write("bottega.checkout", contents);
      track("begin_checkout", { items: basket.eventItems() });
    }
    form.addEventListener("submit", (event) => { event.preventDefault(); placeOrder(form); });
    // Back from the thank-you page the form may be the frozen one, whose basket has been bought.
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  }

  function thanks() {
    const order = read("bottega.order", null);
    if (!order) {
      element("thanks").innerHTML = `<h1>${translate("Grazie")}</h1><p>${translate("Qui non c'è ancora nessun ordine.")}</p><p><a class="button" href="/demo/scarpe.html">${translate("Guarda la collezione")}</a></p>`;
      return;
    }
    const bought = order.lines.map((line) => ({ ...line, product: Bottega.find(line.id) })).filter((line) => line.product);
    element("thanks").innerHTML = `<h1>${translate("Grazie,")} ${escapeHtml(order.name.split(" ")[0])}</h1>
      <p>${translate("Il tuo ordine inventato è stato registrato. Le scarpe resteranno qui, ma il tuo percorso è già nella dashboard.")}</p>
      <p class="quiet">${translate("Ordine")} <strong id="order-id">${escapeHtml(order.id)}</strong> · ${money(order.cents)}</p>
      <ul class="parade">${bought.map(({ product }) => `<li class="tile" style="--tint:${product.tint}">${drawing(product, product.name)}</li>`).join("")}</ul>
      <p class="actions"><a class="button" data-journey href="${Bottega.journeyPath()}">${translate("Guarda il tuo percorso")}</a> <a href="/demo/scarpe.html">${translate("Continua a guardare")}</a></p>`;
  }

  if (element("basket")) basketPage();
  if (element("checkout")) checkout();
  if (element("thanks")) thanks();
})();
