"use strict";
// The pages are written in Italian; this is their English, keyed by the Italian text. A sentence that is missing
// here is shown in Italian.
(function () {
  const english = {
    // every page
    "Vai al contenuto": "Skip to content",
    "Questo è il negozio dimostrativo di orma: quello che fai qui compare nella dashboard.": "This is orma's demo shop: what you do here appears in the dashboard.",
    "Guarda il tuo percorso": "See your journey",
    "Tutte le scarpe": "All shoes",
    "Lettera": "Newsletter",
    "La pagina lenta": "The slow page",
    "La pagina che sbaglia": "The page that fails",
    "Sezioni": "Sections",
    "Il tuo account": "Your account",
    "Carrello": "Basket",
    "articoli": "items",
    "Cerca una scarpa": "Search for a shoe",
    "Cerca": "Search",
    "Bottega è un negozio inventato: non si vende e non si spedisce niente. Usa pure un nome e un indirizzo e-mail di fantasia.": "Bottega is an invented shop: nothing is sold and nothing is shipped. Do use a made-up name and e-mail address.",
    "Pagine di prova": "Pages to try",
    "Una pagina che non c'è": "A page that does not exist",
    // categories
    "Tutte": "All", "Stivali": "Boots", "Sneaker": "Sneakers", "Classiche": "Classics", "Tacchi": "Heels", "Ballerine": "Ballet flats", "Sandali": "Sandals",
    // home
    "Bottega, scarpe italiane": "Bottega, Italian shoes",
    "Scarpe fatte con calma": "Shoes made slowly",
    "Collezione d'autunno": "Autumn collection",
    "Dodici modelli, ognuno con il nome della sua città. Cuoio vero, cuciture a vista, colori che restano.": "Twelve models, each named after its city. Real leather, visible seams, colours that last.",
    "Guarda la collezione": "See the collection",
    "Leggi la nostra lettera": "Read our newsletter",
    "Scegli il passo": "Choose your step",
    "Le preferite di novembre": "November favourites",
    "Prova anche quello che non va": "Try what goes wrong, too",
    "Un buon negozio ha giornate storte. Queste pagine ne hanno sempre una: servono a vedere che cosa ne racconta orma.": "A good shop has bad days. These pages always have one: they show what orma tells of them.",
    "Un'immagine in ritardo, un salto, un pulsante che blocca tutto.": "A late picture, a jump, a button that blocks everything.",
    "Un errore vero, un collegamento morto, un modulo che non parte.": "A real error, a dead link, a form that never leaves.",
    "Quello che si vede quando un indirizzo è sbagliato.": "What you see when an address is wrong.",
    // list, product, search
    "Scarpe": "Shoes",
    "Filtra per tipo": "Filter by kind",
    "modelli": "models",
    "modello": "model",
    "Prodotto": "Product",
    "Sei qui": "You are here",
    "Numero": "Size",
    "Aggiungi al carrello": "Add to basket",
    "Aggiunta al carrello.": "Added to the basket.",
    "Vai al carrello": "Go to the basket",
    "Reso gratuito entro trenta giorni, nel mondo dei negozi inventati.": "Free returns within thirty days, in the world of invented shops.",
    "Ti potrebbero piacere": "You may also like",
    "Questa scarpa non c'è": "This shoe does not exist",
    "Forse è andata via a piedi. Le altre sono tutte qui.": "Perhaps it walked away. All the others are here.",
    "Che scarpa cerchi?": "Which shoe are you looking for?",
    "Risultati per": "Results for",
    "Nessuna scarpa corrisponde. Prova con «rosso», «stivale» o «Capri».": "No shoe matches. Try “red”, “boot” or “Capri”.",
    "Prova con:": "Try:",
    "rosso": "red", "stivale": "boot", "pelle": "leather", "tacco": "heel",
    // basket, checkout, thanks
    "Il tuo carrello": "Your basket",
    "Il carrello è vuoto.": "The basket is empty.",
    "Quantità": "Quantity",
    "Togli": "Remove",
    "Totale": "Total",
    "Vai alla cassa": "Go to checkout",
    "Continua a guardare": "Keep looking",
    "Cassa": "Checkout",
    "Nome e cognome": "Full name",
    "Nome": "Name",
    "E-mail": "E-mail",
    "Indirizzo": "Address",
    "(facoltativo: non spediamo niente)": "(optional: we ship nothing)",
    "Conferma l'ordine": "Place the order",
    "Niente carta, niente pagamento: è una prova. L'e-mail serve a riconoscerti nel percorso.": "No card, no payment: this is a trial. The e-mail is there to recognise you in the journey.",
    "Il tuo ordine": "Your order",
    "Grazie": "Thank you",
    "Grazie,": "Thank you,",
    "Il tuo ordine inventato è stato registrato. Le scarpe resteranno qui, ma il tuo percorso è già nella dashboard.": "Your invented order has been recorded. The shoes will stay here, but your journey is already in the dashboard.",
    "Ordine": "Order",
    "Qui non c'è ancora nessun ordine.": "There is no order here yet.",
    // newsletter, account
    "La lettera di Bottega": "The Bottega newsletter",
    "Una volta al mese: una città, una scarpa, una storia. Mai più di una, e questa è inventata.": "Once a month: one city, one shoe, one story. Never more than one, and this one is invented.",
    "Che cosa ti interessa?": "What interests you?",
    "Novità": "New arrivals", "Saldi": "Sales", "Storie d'artigiani": "Craft stories",
    "Iscriviti": "Subscribe",
    "Iscrizione registrata per": "Subscription recorded for",
    "Non riceverai nulla: il negozio è inventato.": "You will receive nothing: the shop is invented.",
    "Account": "Account",
    "Entra": "Sign in",
    "Nessuna password: basta un'e-mail, anche di fantasia.": "No password: an e-mail is enough, a made-up one too.",
    "Crea un account": "Create an account",
    "È la tua prima volta? Diccelo con il tuo nome.": "Your first time? Tell us with your name.",
    "Ciao,": "Hello,",
    "Da ora il tuo percorso porta il tuo nome, anche per le pagine che avevi visto prima di entrare.": "From now on your journey bears your name, even for the pages you saw before you signed in.",
    "Esci": "Sign out",
    "Sei uscito. Da qui in poi sei di nuovo un visitatore senza nome.": "You have signed out. From here on you are a nameless visitor again.",
    // the slow page
    "Questa pagina è lenta per davvero, e di proposito.": "This page is truly slow, and on purpose.",
    "Il contenuto principale arriva dopo quattro secondi e mezzo (LCP).": "The main content arrives after four and a half seconds (LCP).",
    "Quando arriva, sposta tutto quello che stavi leggendo (CLS).": "When it arrives, it moves everything you were reading (CLS).",
    "Il pulsante blocca la pagina per quasi un secondo (INP).": "The button blocks the page for almost a second (INP).",
    "Aspetta l'immagine, premi il pulsante, poi guarda la qualità nella dashboard: i valori saranno scadenti.": "Wait for the picture, press the button, then look at quality in the dashboard: the values will be poor.",
    "L'immagine non è ancora arrivata.": "The picture has not arrived yet.",
    "L'immagine è arrivata dopo": "The picture arrived after",
    "Calcola il prezzo con calma": "Work out the price slowly",
    "La pagina è rimasta bloccata per": "The page was blocked for",
    "Ecco la scarpa che stavi aspettando": "Here is the shoe you were waiting for",
    "È arrivata tardi, ed è la cosa più grande della pagina: per questo conta come LCP.": "It came late, and it is the largest thing on the page: that is why it counts as LCP.",
    "Un avviso in ritardo: ti ha spostato quello che leggevi, e fra un attimo succede ancora.": "A late notice: it moved what you were reading, and in a moment that happens again.",
    // the failing page
    "Qui ogni cosa è rotta di proposito. Prova, poi guarda il percorso: racconta l'errore, la pagina che manca e il modulo inviato.": "Everything here is broken on purpose. Try it, then see your journey: it tells of the error, the missing page and the form that was sent.",
    "Un errore vero": "A real error",
    "Il pulsante prova ad applicare un buono che non esiste: lo script si ferma con un errore.": "The button tries to apply a voucher that does not exist: the script stops with an error.",
    "Applica il buono sconto": "Apply the voucher",
    "Errore registrato:": "Error recorded:",
    "Un collegamento morto": "A dead link",
    "Porta a una pagina che non c'è più.": "It leads to a page that is gone.",
    "Vai ai saldi del 2019": "Go to the 2019 sales",
    "Un pulsante che non fa niente": "A button that does nothing",
    "Sembra un pulsante, ma nessuno l'ha collegato. Premilo: per ora il percorso non lo racconta.": "It looks like a button, but nobody wired it. Press it: for now the journey does not tell of it.",
    "Scegli il colore": "Choose the colour",
    "Un modulo che non parte": "A form that never leaves",
    "Si compila, si invia, e resta in attesa per sempre.": "You fill it in, send it, and it waits for ever.",
    "La tua domanda": "Your question",
    "Invia": "Send",
    "Invio in corso…": "Sending…",
    // not found
    "Pagina non trovata": "Page not found",
    "Qui non passa nessuna strada": "No road leads here",
    "L'indirizzo è sbagliato o la pagina è stata tolta. Anche questa visita resta nel tuo percorso.": "The address is wrong or the page has been removed. This visit stays in your journey, too.",
    "Torna in negozio": "Back to the shop",
  };

  /** The language chosen by hand, else the browser's first one that the shop speaks, else Italian. */
  function chosenLanguage() {
    let chosen = null;
    try { chosen = localStorage.getItem("bottega.language"); } catch { /* storage may be refused: the browser's language serves */ }
    const spoken = (tag) => ["it", "en"].find((known) => tag.toLowerCase().split("-")[0] === known);
    return spoken(chosen || "") || (navigator.languages || []).map(spoken).find(Boolean) || "it";
  }

  const language = chosenLanguage();
  document.documentElement.lang = language;

  const translate = (italian) => (language === "en" && english[italian]) || italian;

  /** Translates what the page's HTML marks: data-t for the text, data-t-placeholder and data-t-label for those attributes. */
  function translatePage() {
    if (language === "it") return;
    for (const element of document.querySelectorAll("[data-t]")) element.textContent = translate(element.textContent.trim());
    for (const element of document.querySelectorAll("[data-t-placeholder]")) element.placeholder = translate(element.placeholder);
    for (const element of document.querySelectorAll("[data-t-label]")) element.setAttribute("aria-label", translate(element.getAttribute("aria-label")));
  }

  Object.assign(window.Bottega, { language, translate, translatePage });
})();
