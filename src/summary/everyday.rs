//! Everyday words that tell languages apart where a message has no grammar: `trinkst du`, `two beers`, `faktura`.
//!
//! The same things in every language, so that a word two of them share is shared here too: to have, go, come, see,
//! know, give, take, say, speak, think, eat, drink, read, write, live, work, buy, pay, send, wait, feel, start, play; money,
//! invoice, delivery, price, account, question, time, days and parts of the day, food and drink, a room, a table;
//! new, old, big, small, good, bad, happy, sad; greetings that only its own speakers use.

/// Tag and words, lower case, apart by spaces.
pub(super) const EVERYDAY: &[(&str, &str)] = &[
    (
        "en",
        "speak talk speaking talking go going come coming see give take say think eat drink read write live work buy pay send wait feel start play \
         money bank invoice order delivery parcel package price account question problem time today tomorrow yesterday \
         monday tuesday wednesday thursday friday saturday sunday week month year night evening people man woman \
         food bread meat cheese salad tea coffee beer wine water milk sugar salt oil room table book ticket flight plane \
         party birthday street road city new old big small large medium cheap bad happy sad sorry great please all other \
         two three four five only",
    ),
    (
        "de",
        "spreche sprichst spricht rede redest gehe gehst geht komme kommst kommt sehe siehst sieht weiß weißt gebe gibst nehme nimmst nimmt sage sagst sagt \
         denke denkst denkt esse isst essen trinke trinkst trinkt trinken lese liest schreibe schreibst schreibt wohne \
         wohnst lebst lebt arbeite arbeitest arbeitet kaufe kaufst kaufen bezahlen zahlen schicken warte wartest fühle \
         fühlst fühlt spiele spielst spielt magst mag willst kannst machst macht heißt geld bank rechnung bestellung \
         lieferung paket preis konto frage problem zeit heute morgen gestern montag dienstag mittwoch donnerstag freitag \
         samstag sonntag woche monat jahr nacht abend brot fleisch käse tee kaffee bier wein wasser milch zimmer tisch \
         buch karte flug straße stadt neu alt groß klein billig schlecht glücklich traurig zwei drei vier fünf alle guten moin servus",
    ),
    (
        "fr",
        "parle parles parlez vais vient viens vois voit sais sait donne donnez prends prend prenez dis dit pense penses mange manges boire bois \
         lire lis écrire écris habite habites travaille travailles acheter achète payer envoyer attends sens joue joues \
         aimes aime veux veut argent banque facture commande livraison colis prix compte question problème temps \
         aujourd'hui demain hier lundi mardi mercredi jeudi vendredi samedi dimanche semaine mois année nuit soir pain \
         viande fromage thé café bière vin eau lait chambre table livre billet vol rue ville nouveau vieux grand petit \
         mauvais heureux triste deux trois quatre cinq tous",
    ),
    (
        "es",
        "hablo hablas habla voy vas viene vienes veo ves sé sabes sabe doy das tomo digo dices dice pienso piensas comer como comes beber bebo \
         bebes leer lees escribir escribes vivo vives trabajo trabajas comprar compro pagar enviar espero siento sientes \
         juegas dinero banco factura entrega paquete precio precios cuenta pregunta problema tiempo hoy mañana ayer lunes \
         martes miércoles jueves viernes sábado domingo semana mes año noche tarde pan carne queso té café cerveza vino \
         agua leche habitación mesa libro billete vuelo calle ciudad nuevo viejo grande pequeño barato malo feliz triste \
         uno dos tres cuatro cinco todos día ve",
    ),
    (
        "pt",
        "falo falas fala vou vais vem vens vejo vê sei sabes sabe dou dás tomo digo dizes diz penso pensas comer comes beber bebo bebes ler \
         lês escrever escreves moro vivo trabalho trabalhas comprar compro pagar enviar espero sinto sentes jogas dinheiro \
         banco fatura entrega pacote preço preços conta pergunta problema tempo hoje amanhã ontem segunda terça quarta \
         quinta sexta sábado domingo semana mês ano noite tarde pão carne queijo chá café cerveja vinho água leite quarto \
         mesa livro bilhete voo rua cidade novo velho grande pequeno barato mau feliz triste dois três quatro cinco todos \
         dia dias nome ou olá oi és favor",
    ),
    (
        "it",
        "parlo parli parla vado vai viene vieni vedo vedi so sai sa do dai prendo dico dici dice penso pensi mangiare mangi bere bevo bevi \
         leggere leggi scrivere scrivi vivo vivi abiti lavoro lavori comprare compro pagare inviare aspetto sento senti \
         giochi denaro soldi banca fattura ordine consegna pacco prezzo prezzi conto domanda problema tempo oggi domani ieri \
         lunedì martedì mercoledì giovedì venerdì sabato domenica settimana mese anno notte sera pane carne formaggio tè \
         caffè birra vino acqua latte camera tavolo libro biglietto volo via città nuovo vecchio grande piccolo cattivo \
         felice triste due tre quattro cinque tutti",
    ),
    (
        "nl",
        "praat spreek spreekt ga komt zie ziet zien weten geef geeft neem neemt zeg zegt denk denkt eet eten drink drinkt drinken lees leest \
         schrijf schrijft woon woont leef werk werkt koop kopen betaal betalen sturen wacht voel voelt speel speelt \
         houd houdt geld bank rekening factuur bestelling levering pakket prijs vraag probleem tijd vandaag morgen gisteren \
         maandag dinsdag woensdag donderdag vrijdag zaterdag zondag week maand jaar nacht avond brood vlees kaas thee koffie \
         bier wijn water melk kamer tafel boek kaartje vlucht straat stad nieuw oud groot klein goedkoop slecht blij \
         verdrietig twee drie vier vijf alle of goedenavond goedenacht",
    ),
    (
        "sv",
        "pratar talar går kommer ser vet ger tar säger tänker tror äter äta dricker dricka läser läsa skriver skriva bor lever arbetar \
         jobbar köper köpa betala betalar skicka väntar känner spelar spela gör heter pengar bank faktura beställning \
         leverans paket pris konto fråga problem tid idag imorgon igår måndag tisdag onsdag torsdag fredag lördag söndag \
         vecka månad år natt kväll bröd kött ost te kaffe öl vin vatten mjölk rum bord bok biljett flyg gata stad ny gammal \
         stor liten billig dålig glad ledsen två tre fyra fem alla kom igen hallå tjena",
    ),
    (
        "da",
        "snakker taler går kommer ser ved giver tager siger tænker tror spiser spise drikker drikke læser læse skriver skrive bor lever \
         arbejder køber købe betale betaler sende venter føler spiller spille gør hedder penge bank faktura bestilling \
         levering pakke pris konto spørgsmål problem tid dag i morgen går mandag tirsdag onsdag torsdag fredag lørdag søndag \
         uge måned år nat aften brød kød ost te kaffe øl vin vand mælk værelse bord bog billet fly gade by ny gammel stor \
         lille billig dårlig glad ked to tre fire fem alle kom igen over hej goddag",
    ),
    (
        "nb",
        "snakker går kommer ser vet gir tar sier tenker tror spiser spise drikker drikke leser lese skriver skrive bor lever jobber \
         arbeider kjøper kjøpe betale betaler sende venter føler spiller spille gjør heter penger bank faktura bestilling \
         levering pakke pris konto spørsmål problem tid dag morgen mandag tirsdag onsdag torsdag fredag lørdag søndag uke \
         måned år natt kveld brød kjøtt ost te kaffe øl vin vann melk rom bord bok billett fly gate by ny gammel stor liten \
         billig dårlig glad trist to tre fire fem alle kom igjen over heisann",
    ),
    (
        "fi",
        "puhun puhut puhuu menen menet tulen tulee näen tiedän tiedät annan otan sanoo luulen syön syöt syödä juon juot juoda luen kirjoitan \
         asun elän työ ostaa ostan maksaa lähettää odotan tunnen pelaan rahaa raha pankki lasku toimitus paketti hinta tili \
         kysymys ongelma aika tänään huomenna eilen maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai viikko \
         kuukausi vuosi yö ilta leipä liha juusto tee kahvi olut viini vesi maito huone pöytä kirja lippu lento katu uusi \
         vanha iso pieni halpa huono iloinen surullinen kaksi kolme neljä viisi kaikki jo alla terve moikka",
    ),
    (
        "pl",
        "mówię mówisz idę idziesz widzę wiem wiesz daję biorę mówi myślę myślisz jem jesz jeść piję pijesz pić czytać czytasz piszę \
         mieszkam żyjesz pracuję pracujesz kupić kupuję zapłacić wysłać czekam czuję czujesz grasz lubię lubisz pieniądze \
         bank faktura zamówienie dostawa paczka cena konto pytanie problem czas dzisiaj dziś jutro wczoraj poniedziałek \
         wtorek środa czwartek piątek sobota niedziela tydzień miesiąc noc wieczór chleb mięso ser herbata kawa piwo \
         wino woda mleko pokój stół książka bilet lot ulica miasto nowy stary duży mały tani zły smutny dwa trzy cztery \
         pięć wszystko cześć dzień dobry",
    ),
    (
        "tr",
        "konuşuyor konuşmak gidiyorum geliyor geldi görüyorum biliyorum biliyor veriyor alıyorum diyor düşünüyorum yemek yiyor içmek içiyor \
         okumak yazmak yaşıyorum çalışıyor satın almak ödemek göndermek bekliyorum hissediyor para banka fatura sipariş \
         teslimat paket fiyat hesap soru sorun zaman bugün yarın dün pazartesi salı çarşamba perşembe cuma cumartesi pazar \
         hafta ay yıl gece akşam ekmek et peynir çay kahve bira şarap su süt oda masa kitap bilet uçuş sokak şehir yeni \
         eski büyük küçük ucuz kötü mutlu üzgün iki üç dört beş hepsi",
    ),
    (
        "id",
        "bicara berbicara pergi datang lihat melihat tahu beri ambil kata pikir makan minum baca membaca tulis menulis tinggal hidup kerja \
         bekerja beli membeli bayar membayar kirim tunggu menunggu merasa main bermain uang \
         tagihan pesanan pengiriman paket harga akun pertanyaan masalah waktu hari besok kemarin senin selasa rabu kamis \
         jumat sabtu minggu bulan tahun malam sore roti daging keju teh kopi bir anggur air susu kamar meja buku tiket jalan \
         kota baru lama besar kecil murah buruk senang sedih dua tiga empat lima semua",
    ),
    (
        "hi-Latn",
        "baat bolta bolte jana jao jaata aana aao aata dekho dekhna pata malum dena lena bolo bolna socha sochna khana pina padhna likhna \
         rehta rehna kaam kharidna bhejo bhejna intezaar paisa paise bhugtan samay aaj kal parso subah shaam raat din hafta \
         mahina saal roti doodh chai pani kamra kitaab shahar naya purana bada chhota sasta bura khush dukhi ek do teen \
         chaar paanch sab yaar bhai dost naam",
    ),
    (
        "ru",
        "говорю говоришь иду идет идёт приду вижу знаю знаешь знает даю беру говорит говорить думаю думаешь есть пить пьешь читать читаю \
         писать живу живешь живёт работаю работает работать купить покупать платить заплатить отправить жду \
         чувствую играть играешь деньги денег банк счет счёт заказ доставка посылка цена цены вопрос проблема время час сегодня \
         завтра вчера понедельник вторник среда четверг пятница суббота воскресенье неделя месяц год ночь вечер хлеб мясо \
         сыр чай кофе пиво вино вода молоко комната стол книга билет рейс улица город новый старый большой маленький дешевый \
         плохо плохой счастлив грустно два три четыре пять все",
    ),
    (
        "uk",
        "говорю говориш йду йде прийду бачу знаю знаєш знає даю беру говорить говорити думаю думаєш їсти пити п'єш читати читаю писати живу \
         живеш працюю працює працювати купити купувати платити заплатити надіслати чекаю відчуваю грати граєш гроші \
         грошей банк рахунок замовлення доставка посилка ціна ціни питання проблема час сьогодні завтра вчора понеділок \
         вівторок середа четвер п'ятниця субота неділя тиждень місяць рік ніч вечір хліб м'ясо сир чай кава пиво вино вода \
         молоко кімната стіл книга квиток рейс вулиця місто новий старий великий маленький дешевий погано поганий щасливий \
         сумно два три чотири п'ять",
    ),
    (
        "bg",
        "говоря говориш отивам идвам виждам знам знаеш давам взимам казва мисля ям пия чета пиша живея работя работи купя купувам платя \
         изпратя чакам пари банка фактура поръчка доставка пратка цена сметка въпрос проблем време час днес утре вчера понеделник \
         вторник сряда четвъртък петък събота неделя седмица месец година нощ вечер хляб месо сирене чай кафе бира вино вода \
         мляко стая маса книга билет полет улица град нов стар голям малък евтин лошо две три четири пет всичко",
    ),
];
