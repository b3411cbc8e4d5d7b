import type { Key } from '../../i18n/dictionary';
import type { Choice } from '../../state/address';

/** What the code of a way needs to know. */
export interface Target {
  /** `https://collect.example`, without a slash at the end. */
  readonly collector: string;
  readonly writeKey: string;
}

/** One step of a way: words, and what is copied. */
export interface Step {
  readonly text: Key;
  readonly code?: (target: Target) => string;
}

export interface Way {
  readonly id: Choice<'way'>;
  readonly steps: readonly Step[];
}

export const snippet = ({ collector, writeKey }: Target) =>
  `<script defer src="${collector}/orma.js" data-site="${writeKey}"></script>`;

/** Keeps calls until the script is there. */
const early = 'window.orma=window.orma||function(){(orma.q=orma.q||[]).push(arguments)};';

const wordpress = (target: Target) => `add_action('wp_head', function () { ?>
  ${snippet(target)}
<?php });`;

const woocommerce = () => `add_action('woocommerce_thankyou', function ($order_id) {
    $order = wc_get_order($order_id);
    if (!$order || $order->has_status('failed') || $order->get_meta('_orma_told')) return;
    $items = [];
    foreach ($order->get_items() as $item) {
        $items[] = ['id' => (string) $item->get_product_id(), 'name' => $item->get_name(),
            'quantity' => $item->get_quantity()];
    }
    $told = ['order_id' => $order->get_order_number(), 'items' => $items,
        'revenue' => ['amount' => (string) $order->get_total(), 'currency' => $order->get_currency()]];
    echo '<script>${early}'
        . 'orma("event","order",' . wp_json_encode($told, JSON_HEX_TAG) . ')</script>';
    $order->update_meta_data('_orma_told', '1');
    $order->save();
});`;

const prestashop = () => `<script>
{literal}${early}{/literal}
if (localStorage.getItem('orma.told') !== '{$order.details.reference|escape:'javascript'}') {ldelim}
  localStorage.setItem('orma.told', '{$order.details.reference|escape:'javascript'}');
  orma('event', 'order', {ldelim} order_id: '{$order.details.reference|escape:'javascript'}',
    revenue: {ldelim} amount: '{$order.totals.total.amount}', currency: '{$currency.iso_code}' {rdelim} {rdelim});
{rdelim}
</script>`;

const shopify = ({ collector, writeKey }: Target) => `POST ${collector}/v1/events
Authorization: Bearer INGEST_TOKEN
Content-Type: application/json

{"site": "${writeKey}", "user": "customer@example.com",
 "events": [{"id": "shopify-order-1001", "kind": "order", "order_id": "1001",
   "revenue": {"amount": "59.90", "currency": "EUR"}}]}`;

const tagManager = ({ collector, writeKey }: Target) =>
  `<script defer src="${collector}/orma.js?site=${encodeURIComponent(writeKey)}"></script>`;

const next = ({ collector, writeKey }: Target) => `import Script from 'next/script';

<Script src="${collector}/orma.js" data-site="${writeKey}" strategy="afterInteractive" />`;

/** The ways to put the snippet on a site. docs/installation.md shows the same; a test holds the two together. */
export const ways: readonly Way[] = [
  { id: 'html', steps: [{ text: 'installation.step.html', code: snippet }] },
  { id: 'wordpress', steps: [{ text: 'installation.step.wordpress', code: wordpress }] },
  { id: 'woocommerce', steps: [{ text: 'installation.step.woocommerce', code: woocommerce }] },
  {
    id: 'prestashop',
    steps: [
      { text: 'installation.step.prestashop', code: snippet },
      { text: 'installation.step.prestashop.orders', code: prestashop },
    ],
  },
  {
    id: 'shopify',
    steps: [
      { text: 'installation.step.shopify', code: snippet },
      { text: 'installation.step.shopify.orders', code: shopify },
    ],
  },
  { id: 'gtm', steps: [{ text: 'installation.step.gtm', code: tagManager }] },
  { id: 'react', steps: [{ text: 'installation.step.react', code: snippet }] },
  { id: 'next', steps: [{ text: 'installation.step.next', code: next }] },
];

export const contentSecurityPolicy = ({ collector }: Target) => `script-src ${collector};
connect-src ${collector};
img-src ${collector}`;
