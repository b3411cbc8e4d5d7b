"use strict";
// The catalogue and its drawings. Every shoe is drawn from paths on a 320 × 220 canvas, toe to the right,
// ground at y = 194, so that one model serves any colour and no picture file is loaded.
(function () {
  let drawings = 0;

  /** One piece of leather: its colour, then the light that falls on it. */
  const leather = (path, colour, light) => `<path d="${path}" fill="${colour}"/><path d="${path}" fill="url(#${light})"/>`;
  const line = (path, colour, width, extra = "") =>
    `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round" ${extra}/>`;
  const seam = (path) => line(path, "#fff", 1.4, 'stroke-opacity=".5" stroke-dasharray="3.5 3.5"');
  const crease = (path) => line(path, "#000", 1.6, 'stroke-opacity=".25"');

  const models = {
    boot({ upper, sole, trim }, light) {
      const shaft = "M96 14C116 9 146 9 164 14C161 56 158 92 164 116C172 132 206 138 232 148C252 156 260 166 259 178H88C86 158 98 136 99 112C100 80 94 48 96 14Z";
      return leather("M98 16C116 24 144 24 163 16C144 9 116 9 98 16Z", "#2a1d16", light)
        + leather(shaft, upper, light)
        + `<path d="M96 14C116 22 146 22 164 14L163 30C144 38 116 38 96 30Z" fill="${trim}"/>`
        + crease("M101 116C116 126 140 126 160 114") + crease("M98 134C112 142 130 142 146 136")
        + seam("M131 38C130 80 126 122 128 172") + seam("M206 139C196 150 192 162 194 176")
        + `<path d="M84 176H263C266 182 264 187 258 187H136L128 194H86C82 188 82 181 84 176Z" fill="${sole}"/>`;
    },
    chelsea({ upper, sole, trim }, light) {
      const body = "M84 46C104 40 138 40 158 46C155 74 158 98 172 112C196 128 244 130 268 150C279 159 282 168 280 178H70C68 152 80 124 80 96C80 78 82 62 84 46Z";
      return line("M84 50C72 40 74 26 86 28C94 30 94 44 92 52", trim, 5)
        + leather("M86 47C106 54 138 54 156 47C138 40 106 40 86 47Z", "#1c1512", light)
        + leather(body, upper, light)
        + `<path d="M108 52C119 54 130 54 140 52C140 80 138 104 128 126C116 104 110 80 108 52Z" fill="${trim}"/>`
        + [114, 120, 126, 132].map((x) => crease(`M${x} 56L${124 + (x - 123) * 0.4} 112`)).join("")
        + seam("M172 113C160 130 140 140 128 172") + crease("M188 124C184 130 184 136 186 140") + crease("M198 127C194 133 194 139 196 143")
        + `<path d="M66 176H284C287 183 284 188 278 188H124L116 195H68C64 189 64 182 66 176Z" fill="${sole}"/>`;
    },
    sneaker({ upper, sole, trim }, light) {
      const body = "M62 92C68 84 80 84 88 94C97 105 112 104 121 92L134 74C140 68 150 69 155 76L202 122C236 128 268 138 277 168V172H58C53 144 55 114 62 92Z";
      return leather("M128 86L138 64C146 58 158 62 162 70L170 92L150 100Z", trim, light)
        + leather(body, upper, light)
        + leather("M228 128C260 135 272 148 277 172H214C212 154 216 138 228 128Z", trim, light)
        + leather("M62 92C54 114 53 144 58 172H92C88 146 84 120 82 88C75 84 67 86 62 92Z", trim, light)
        + `<path d="M126 172L150 120L164 126L148 172Z" fill="${trim}"/><path d="M158 172L174 130L186 134L178 172Z" fill="${trim}" fill-opacity=".55"/>`
        + [[150, 84], [162, 96], [174, 108], [186, 119]].map(([x, y]) => line(`M${x - 15} ${y + 11}L${x + 5} ${y - 6}`, "#fffaf2", 5)).join("")
        + seam("M132 98C148 122 184 136 212 142") + seam("M98 108C98 130 100 150 104 168")
        + `<path d="M53 166C120 172 210 172 281 166C290 174 289 186 281 194H66C50 194 46 178 53 166Z" fill="${sole}"/>`
        + line("M56 181H285", trim, 3.5);
    },
    loafer({ upper, sole, trim }, light) {
      const body = "M66 110C71 103 82 104 87 111C98 124 114 127 128 118L146 100C153 94 163 96 168 104C182 122 214 126 242 135C266 143 280 158 280 176H62C57 152 59 130 66 110Z";
      return leather("M84 112C100 118 124 114 142 102L130 122C112 130 96 126 84 112Z", "#35231a", light)
        + leather(body, upper, light)
        + line("M166 124C182 140 226 138 262 156", "#000", 2.2, 'stroke-opacity=".3"') + seam("M164 130C182 146 224 144 258 162")
        + leather("M148 98C156 94 164 97 168 104L184 118C176 134 172 152 172 174H144C144 150 146 120 148 98Z", upper, light)
        + line("M151 134C158 130 166 130 174 132", trim, 5) + `<circle cx="151" cy="134" r="5" fill="none" stroke="${trim}" stroke-width="3"/><circle cx="176" cy="132" r="5" fill="none" stroke="${trim}" stroke-width="3"/>`
        + seam("M66 122C84 138 110 142 134 134") + crease("M88 112C84 132 84 152 88 172")
        + `<path d="M58 174H284C287 181 284 186 278 186H116L110 195H60C56 189 56 181 58 174Z" fill="${sole}"/>`;
    },
    derby({ upper, sole, trim }, light) {
      const body = "M66 100C72 92 84 93 90 102C98 113 112 114 122 104L138 84C144 78 154 79 160 86L200 122C228 127 262 132 276 156C280 164 281 170 280 177H62C57 150 58 122 66 100Z";
      return leather("M130 96L140 74C150 68 160 74 163 84L160 98Z", upper, light)
        + leather(body, upper, light)
        + `<path d="M66 100C58 122 57 150 62 177H96C92 150 90 124 90 102C84 93 72 92 66 100Z" fill="#000" fill-opacity=".14"/>`
        + leather("M138 84C144 78 154 79 160 86L202 124C192 136 172 142 150 140C140 126 134 104 138 84Z", upper, light)
        + [[156, 92], [168, 103], [180, 114]].map(([x, y]) => line(`M${x - 12} ${y + 13}L${x + 4} ${y - 4}`, trim, 4)).join("")
        + seam("M140 96C142 116 148 130 154 136C172 138 188 134 198 126") + seam("M232 131C222 144 220 160 222 174")
        + crease("M204 128C200 136 200 142 202 148")
        + `<path d="M57 172H285C288 176 288 180 286 182H56C54 178 55 174 57 172Z" fill="${trim}"/>`
        + `<path d="M56 180H287C286 187 282 189 276 189H118L112 195H60C56 191 55 185 56 180Z" fill="${sole}"/>`;
    },
    pump({ upper, sole, trim }, light) {
      const body = "M60 82C64 75 73 76 77 83C96 124 142 156 190 154C210 152 228 156 248 166C268 175 288 180 292 188C274 193 240 193 216 189C172 181 132 148 98 138C80 133 62 132 58 118C54 104 56 92 60 82Z";
      return `<path d="M60 126C68 134 84 136 98 139C92 156 84 176 81 194H71C72 172 68 148 60 126Z" fill="${sole}"/>`
        + leather("M64 84C84 128 130 164 188 160L210 155C180 148 130 150 78 86Z", "#e8c9a8", light)
        + leather(body, upper, light)
        + line("M60 128C84 136 112 142 140 160C176 184 214 194 290 190", sole, 4.5)
        + `<path d="M198 154C208 150 220 152 226 158C218 165 206 166 198 162Z" fill="${trim}"/>`
        + line("M74 98C92 126 118 146 148 155", "#fff", 2, 'stroke-opacity=".35"');
    },
    ballerina({ upper, sole, trim }, light) {
      const body = "M58 136C61 127 72 126 78 133C96 160 150 168 186 150C204 142 228 142 248 150C272 160 288 168 288 179C288 186 280 188 270 188H66C56 188 53 158 58 136Z";
      return leather("M72 132C100 118 160 126 206 146C170 166 104 166 72 132Z", "#ecd2b4", light)
        + leather(body, upper, light)
        + line("M62 131C67 128 73 129 78 134C97 160 150 168 187 150C193 147 199 146 205 145", trim, 4)
        + leather("M200 150C186 132 172 134 174 146C175 156 190 156 200 150ZM200 150C212 132 228 134 226 146C224 156 210 156 200 150Z", trim, light)
        + line("M200 152C196 162 190 166 184 168M200 152C206 162 212 165 220 166", trim, 4)
        + `<circle cx="200" cy="149" r="5" fill="${trim}"/>`
        + `<path d="M58 184H284C287 190 282 194 274 194H68C60 194 56 190 58 184Z" fill="${sole}"/>`
        + line("M230 154C250 160 266 166 276 174", "#fff", 2, 'stroke-opacity=".35"');
    },
    sandal({ upper, sole, trim }, light) {
      const back = "M88 84C112 74 140 78 152 90L150 102C134 90 112 88 90 98Z";
      return leather(back, upper, light) + `<path d="${back}" fill="#000" fill-opacity=".28"/>`
        + leather("M62 126C92 132 118 140 146 158C176 176 214 184 284 182C290 186 288 192 280 194H206C164 194 136 178 112 164C96 154 76 148 62 146C58 140 58 132 62 126Z", sole, light)
        + leather("M62 142C78 146 96 152 110 162L106 194H68C64 176 64 160 62 142Z", sole, light)
        + line("M64 128C94 134 120 142 147 160C176 177 214 185 282 184", "#f0d3ae", 4)
        + leather("M66 130C62 112 66 92 78 78L92 86C84 98 82 114 86 136Z", upper, light)
        + leather("M74 92C96 110 130 112 154 92L158 106C132 128 94 124 72 108Z", upper, light)
        + `<rect x="124" y="100" width="15" height="18" rx="4" fill="none" stroke="${trim}" stroke-width="3.5" transform="rotate(-14 131 109)"/>`
        + leather("M182 178C178 152 194 134 214 138C240 144 258 162 264 184C252 186 240 186 232 185C228 170 222 160 212 158C202 158 200 168 202 182Z", upper, light)
        + leather("M206 183C212 160 228 142 244 146C258 150 268 166 272 184Z", upper, light)
        + seam("M216 178C222 162 232 152 242 154C252 158 260 168 264 180");
    },
  };

  // Low shoes are moved up by this much, so that each stands in the middle of its picture.
  const lift = { boot: 0, chelsea: 4, sneaker: 24, loafer: 36, derby: 28, pump: 24, ballerina: 52, sandal: 24 };

  /** SVG text of one shoe; with a label it is an image for assistive technology, without one it is decoration. */
  function drawing(product, label) {
    const light = `light-${++drawings}`;
    const name = label ? `role="img" aria-label="${label}"` : 'aria-hidden="true"';
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="30 ${lift[product.model]} 280 212" ${name}>`
      + `<defs><linearGradient id="${light}" x1=".2" y1="0" x2=".5" y2="1"><stop offset="0" stop-color="#fff" stop-opacity=".3"/><stop offset=".45" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity=".26"/></linearGradient></defs>`
      + `<ellipse cx="170" cy="195" rx="122" ry="8" fill="#000" fill-opacity=".13"/>`
      + models[product.model](product, light) + "</svg>";
  }

  const categories = ["stivali", "sneaker", "classiche", "tacchi", "ballerine", "sandali"];

  // Prices are whole cents, so that sums are exact.
  const products = [
    { id: "stivale-siena", name: "Siena", category: "stivali", model: "boot", cents: 21900, upper: "#a8602f", sole: "#3a2418", trim: "#7a3f1c",
      it: ["Stivale alto cuoio", "Vitello conciato al vegetale, gambale morbido e tacco basso: nato per le colline e per la pioggia."],
      en: ["Tall tan boot", "Vegetable-tanned calf, a soft shaft and a low heel: made for hills and for rain."] },
    { id: "chelsea-torino", name: "Torino", category: "stivali", model: "chelsea", cents: 17900, upper: "#3b3634", sole: "#171413", trim: "#6d635c",
      it: ["Stivaletto chelsea nero", "Elastico ai lati, linguetta dietro: si infila in un gesto e resta elegante fino a sera."],
      en: ["Black chelsea boot", "Elastic sides, a loop at the back: on in one move, elegant until late."] },
    { id: "sneaker-milano", name: "Milano", category: "sneaker", model: "sneaker", cents: 11900, tint: "#8fb59d", upper: "#f1ece2", sole: "#fffdf8", trim: "#3f7a5c",
      it: ["Sneaker bianca e verde", "Pelle liscia, suola cucita, un accento verde bosco. La scarpa di tutti i giorni."],
      en: ["White and green sneaker", "Smooth leather, a stitched sole, an accent of forest green. The shoe for every day."] },
    { id: "sneaker-rimini", name: "Rimini", category: "sneaker", model: "sneaker", cents: 10900, upper: "#e2725b", sole: "#fff6ea", trim: "#27405e",
      it: ["Sneaker corallo e blu", "Tela leggera color corallo e rinforzi blu notte, per il lungomare e per la città."],
      en: ["Coral and navy sneaker", "Light coral canvas with navy panels, for the promenade and the city."] },
    { id: "mocassino-firenze", name: "Firenze", category: "classiche", model: "loafer", cents: 14900, upper: "#7b2433", sole: "#2c1a15", trim: "#d8ab52",
      it: ["Mocassino bordeaux con morsetto", "Cucito a mano, morsetto dorato, fodera in pelle. Migliora con gli anni."],
      en: ["Burgundy bit loafer", "Sewn by hand, a golden bit, leather lining. It improves with the years."] },
    { id: "derby-bologna", name: "Bologna", category: "classiche", model: "derby", cents: 18900, upper: "#5d3c26", sole: "#241812", trim: "#c99a62",
      it: ["Derby stringata marrone", "Lavorazione Goodyear e guardolo a vista: si risuola e accompagna per dieci inverni."],
      en: ["Brown lace-up derby", "Goodyear welt in plain sight: it can be resoled and lasts ten winters."] },
    { id: "decollete-roma", name: "Roma", category: "tacchi", model: "pump", cents: 15900, upper: "#c22f36", sole: "#6d171d", trim: "#e7b45a",
      it: ["Décolleté rossa", "Tacco di nove centimetri, punta affusolata e una fibbia d'oro. Basta lei."],
      en: ["Red pump", "A nine-centimetre heel, a slender toe and a golden clasp. It needs nothing else."] },
    { id: "decollete-venezia", name: "Venezia", category: "tacchi", model: "pump", cents: 16500, upper: "#1f6f6b", sole: "#123f41", trim: "#bfe0d2",
      it: ["Décolleté verde laguna", "Raso di seta cangiante come l'acqua sotto i ponti, interno in capretto."],
      en: ["Lagoon-green pump", "Silk satin that shimmers like water under the bridges, lined in kid leather."] },
    { id: "ballerina-capri", name: "Capri", category: "ballerine", model: "ballerina", cents: 8900, upper: "#e59aa8", sole: "#7a4a50", trim: "#b84a66",
      it: ["Ballerina rosa con fiocco", "Nappa sottile, fiocco annodato, pieghevole: sta in borsa e pesa come una lettera."],
      en: ["Pink ballet flat with bow", "Thin nappa, a tied bow, foldable: it fits a handbag and weighs as much as a letter."] },
    { id: "ballerina-lucca", name: "Lucca", category: "ballerine", model: "ballerina", cents: 9500, upper: "#34406b", sole: "#1b2038", trim: "#e0b65e",
      it: ["Ballerina blu e oro", "Camoscio blu con profilo dorato e una soletta che coccola."],
      en: ["Blue and gold ballet flat", "Blue suede with golden piping and an insole that pampers."] },
    { id: "sandalo-positano", name: "Positano", category: "sandali", model: "sandal", cents: 8900, upper: "#d99a2b", sole: "#6b4527", trim: "#fff0cf",
      it: ["Sandalo giallo limone", "Fasce incrociate e tacco largo: dai gradini di Positano alla cena in terrazza."],
      en: ["Lemon-yellow sandal", "Crossed bands and a block heel: from the steps of Positano to dinner on the terrace."] },
    { id: "sandalo-taormina", name: "Taormina", category: "sandali", model: "sandal", cents: 9900, upper: "#2f8fa8", sole: "#c79a6b", trim: "#fdf3df",
      it: ["Sandalo azzurro mare", "Pelle intrecciata e sughero, fresco come l'acqua di Isola Bella."],
      en: ["Sea-blue sandal", "Woven leather and cork, as cool as the water at Isola Bella."] },
  ];

  // The backdrop takes the shoe's own colour unless the two would be hard to tell apart.
  for (const product of products) product.tint ||= product.upper;

  window.Bottega = { products, categories, drawing };
})();
