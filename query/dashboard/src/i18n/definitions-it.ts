import type { Translation } from './dictionary';
import type { definitionsEn } from './definitions-en';

/** Che cosa significa ogni numero: le stesse frasi, in italiano. */
export const definitionsIt: Translation<typeof definitionsEn> = {
  'definition': 'Che cosa significa «{name}»',

  'definition.visitors': 'Browser e app con almeno una pagina vista nel periodo, contati una volta sola: chi è venuto in due giorni vale uno, anche se conta in entrambi i giorni. Chi usa due dispositivi vale due visitatori; senza un identificativo, ognuno è nuovo ogni giorno.',
  'definition.people': 'Persone con almeno una pagina vista nel periodo, contate una volta sola su tutti i giorni e i dispositivi in cui sono state riconosciute. Chi non è mai stato riconosciuto vale una persona per dispositivo. Di un dispositivo usato da due persone, dopo l’accesso contano entrambe.',
  'definition.page_views': 'Quante volte è stata mostrata una pagina o una schermata, compresi i ricaricamenti.',
  'definition.sessions': 'Le visite: ciò che un visitatore fa senza fermarsi per 30 minuti. Una sessione appartiene al momento in cui è iniziata.',
  'definition.bounce_rate': 'Quota delle sessioni con pagine viste in cui se n’è vista una sola, non si è fatto altro e tutto è durato meno di 10 secondi.',
  'definition.session_duration_ms': 'Tempo medio dal primo all’ultimo evento di una sessione, senza ciò che arriva da sé dopo una pausa di 30 minuti, come l’uscita da una pagina dimenticata. Le sessioni con un solo evento valgono zero.',
  'definition.orders': 'Gli eventi «ordine», ciascuno una volta sola, per quante volte sia stato inviato.',
  'definition.revenue': 'Netti: ordini e altri eventi con un importo, tolti i rimborsi, nella valuta del sito. Nulla viene convertito.',
  'definition.conversion_rate': 'Quota delle sessioni in cui c’è stato un ordine. Un ordine inviato solo da un server, senza la sessione, non ne converte nessuna.',
  'definition.average_order_value': 'Somma degli ordini nella valuta del sito divisa per il loro numero, prima dei rimborsi.',

  'definition.pages': 'Secondo la pagina vista. Chi ne ha viste più d’una conta per ciascuna, quindi le quote possono superare in tutto il 100 %.',
  'definition.sources': 'Secondo ciò che ha portato la sessione. Chi è arrivato in più modi conta per ciascuno, quindi le quote dei visitatori possono superare in tutto il 100 %.',
  'definition.products': 'Per articolo degli eventi che riguardano prodotti. Un ordine di più prodotti conta per ciascuno; i ricavi di un prodotto sono prezzo × quantità dei suoi articoli.',
  'definition.places': 'Secondo il luogo e la lingua dei visitatori. Il luogo si ricava dall’indirizzo della connessione, che non viene conservato.',
  'definition.devices': 'Secondo ciò che il browser o l’app dice del dispositivo.',

  'definition.change': 'Confronto con il periodo precedente fino alla stessa ora: altrettanti giorni, una parte con una parte. La variazione di una percentuale è in punti percentuali: dal 40 % al 42 % sono 2 punti.',
  'definition.rounded': 'Qui i numeri grandi sono arrotondati; nella tabella sotto il grafico sono esatti.',

  'definition.person': 'Qualcuno sotto un solo identificativo: un utente se ha fatto l’accesso, altrimenti un visitatore. I visitatori riconosciuti come lo stesso utente sono una persona sola.',
  'definition.person_seen': 'Il momento dell’ultimo evento della persona, di qualunque tipo: anche una newsletter o una telefonata.',
  'definition.person_sessions': 'Tutte le sessioni della persona, su tutti i dispositivi, qualunque sia il periodo.',
  'definition.person_pages': 'Tutte le pagine e schermate viste dalla persona, qualunque sia il periodo.',
  'definition.person_value': 'Quanto ha speso in tutto la persona, tolti i rimborsi. Ogni valuta sta per conto suo.',
  'definition.person_from': 'Ciò che ha portato la primissima sessione della persona, qualunque sia il periodo.',

  'definition.live': 'Visitatori che hanno visto una pagina negli ultimi cinque minuti, bot esclusi. Negli elenchi ognuno conta una volta, per l’ultima pagina vista.',
  'definition.live.map': 'Visitatori con una pagina vista negli ultimi cinque minuti, bot esclusi, secondo il Paese dell’ultima. Il Paese è quello che dice l’indirizzo del dispositivo; regioni e città ci sono se il database geografico del server le conosce. Più un Paese è scuro, più visitatori ha rispetto al primo.',
  'definition.live.moves': 'Da quale pagina a quale pagina sono andati i visitatori negli ultimi cinque minuti, e quanti; una pagina ricaricata non è un passo. «Arrivo» è una prima pagina dopo mezz’ora senza. I dodici più frequenti.',
  'definition.journey': 'Tutto ciò che una persona ha fatto, su tutti i punti di contatto, diviso in sessioni: dopo una pausa di 30 minuti ne comincia una nuova.',

  'definition.received': 'Eventi di questo sito arrivati a un collettore nel periodo.',
  'definition.accepted': 'Eventi validi e conservati; ciascuno è salvato, in arrivo oppure una ripetizione.',
  'definition.hours': 'Eventi secondo l’ora in cui sono arrivati, non secondo quella in cui sono avvenuti.',
  'definition.reasons': 'Eventi rifiutati, secondo il motivo. Non stanno in nessun altro numero; se ne conserva un esempio.',
  'definition.collectors': 'I processi che ricevono gli eventi, e ciò che ciascuno ha ancora su disco.',

  'definition.installation': 'Che cosa è arrivato a questo sito negli ultimi minuti, e che cosa è stato rifiutato, con il motivo.',
  'definition.crash_free': 'Quota delle sessioni dell’app, o delle persone che l’hanno usata, senza un arresto che l’abbia chiusa.',
};
