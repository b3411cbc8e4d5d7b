//! What a visit buys: basket, checkout, order.

use serde_json::{Value, json};

use crate::aftermath;
use crate::agenda::{Order, Task};
use crate::shop;
use crate::visits::Visit;

impl Visit<'_, '_> {
    pub fn buy(&mut self) {
        if self.basket.is_empty() || !self.tab.random.chance(0.74) {
            return;
        }
        self.tab.open("/demo/carrello.html");
        self.tab.stay(14.0);
        if !self.tab.random.chance(0.62) {
            return;
        }
        self.check_out();
    }

    pub fn check_out(&mut self) {
        self.tab.open("/demo/cassa.html");
        self.tab.track("begin_checkout", json!({"items": self.items()}));
        self.tab.stay(50.0);
        if self.person.devices[self.device].fails_to_pay() {
            self.fail_to_pay();
            return;
        }
        let mut patience = if self.person.orders > 0 { 0.82 } else { 0.68 };
        if self.tab.random.chance(0.06) {
            self.tab.track("rage_click", json!({"target": "#place-order", "text": "Conferma l'ordine"}));
            self.fail("TypeError: Failed to fetch", "b03f9a15");
            self.tab.annoyances += 1;
            patience = 0.35;
        }
        if self.tab.random.chance(patience) {
            self.order();
        }
        self.basket.clear();
    }

    /// The payment does not open on this phone: few find another way, and some ask in the chat.
    fn fail_to_pay(&mut self) {
        self.tab.track("click", json!({"target": "#place-order", "text": "Conferma l'ordine"}));
        self.fail("PaymentRequest.show: the payment could not be opened", "5c9e77ab");
        self.tab.track("rage_click", json!({"target": "#place-order", "text": "Conferma l'ordine"}));
        self.tab.annoyances += 1;
        if self.tab.random.chance(0.3) {
            self.chat("pagamento");
        }
        if self.tab.random.chance(0.1) {
            self.order();
        }
        self.basket.clear();
    }

    fn items(&self) -> Value {
        self.basket.iter().map(|(product, quantity)| product.item(*quantity)).collect()
    }

    fn order(&mut self) {
        let cents = self.basket.iter().map(|(product, quantity)| product.cents * i64::from(*quantity)).sum();
        let id = format!("B-{:010X}", self.tab.random.next() >> 24);
        let order = Order { id, cents, items: self.items() };
        self.tab.identify(&self.account, true);
        let fields = json!({"order_id": order.id, "items": order.items, "revenue": shop::money(cents)});
        self.tab.track("order", fields);
        self.tab.open("/demo/grazie.html");
        self.tab.stay(12.0);
        self.ask_about_effort();
        if self.account.email == self.person.account.email {
            self.person.devices[self.device].signed_in = true;
            self.person.member = true;
            self.person.orders += 1;
            self.person.annoyances += std::mem::take(&mut self.tab.annoyances);
            self.later.push((self.tab.now, Task::Enrol(self.person.number as usize)));
            aftermath::plan(
                self.person,
                &order,
                self.tab.now,
                self.calendar,
                self.tab.random,
                &mut self.later,
            );
        }
    }

    /// The effort question on the thank-you page, from 1 (hard) to 7 (easy).
    fn ask_about_effort(&mut self) {
        let question = "Quanto è stato facile ordinare?";
        let survey = json!({"survey": "ces-ordine", "question": question});
        self.tab.track("survey_shown", survey.clone());
        self.tab.stay(8.0);
        if self.tab.random.chance(0.35) {
            let score = 6.1 - f64::from(self.tab.annoyances.min(3)) + self.tab.random.normal();
            let mut answer = survey;
            answer["score"] = (score.round().clamp(1.0, 7.0) as i64).into();
            self.tab.track("survey_answer", answer);
        } else if self.tab.random.chance(0.3) {
            self.tab.track("survey_dismissed", survey);
        }
    }
}
