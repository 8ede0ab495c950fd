//! Function words and letters that tell languages of one script apart.
//!
//! Frequent, short and grammatical: a name, a product or a borrowed noun must not decide a language. Greetings that
//! travel (`hello`, `ciao`, `ok`) are left out on purpose.

/// What gives a language away among those of its script.
pub(super) struct Profile {
    /// BCP 47 tag; empty for a neighbour that must not be taken for one of the others, yet is not named.
    pub(super) tag: &'static str,
    /// Letters that few other languages of the script use.
    pub(super) letters: &'static str,
    /// Function words, lower case, apart by spaces.
    pub(super) words: &'static str,
}

const fn profile(tag: &'static str, letters: &'static str, words: &'static str) -> Profile {
    Profile { tag, letters, words }
}

pub(super) const LATIN: &[Profile] = &[
    profile(
        "en",
        "",
        "the and you i i'm i'd i'll i've it's don't can't won't didn't isn't that's what's what is are was were have has \
         had do does did can could would should will my your this that these those with for from not of to in on at it be \
         been a an any some there here how when where which who why please me we they he she his her our their about \
         need want like if but so because as or by yes thanks thank know get make help find more just also than then \
         after before has never am nothing else name number want wants check you're good day \
         morning may any yes no address all other only new use one out up down over too very much shall must might let us",
    ),
    profile(
        "de",
        "ßäü",
        "der die das und ich nicht ist sie ein eine einen einem einer mit auf für den dem des zu von im es auch wie was \
         wann wo warum wer welche kann können könnte möchte habe hat haben bin bist sind war wäre werden wird wurde mein \
         meine meinen dein ihr ihre ihnen mir mich dir dich uns wir du man aber oder wenn dass weil noch nur schon bitte \
         danke kein keine nach bei aus über um am zum zur gibt gerne gut ja nein etwas hier dann sehr mehr brauche hätte \
         würde würden fuer moechte als an suche hast",
    ),
    profile(
        "fr",
        "œêèùç",
        "le la les un une des du de et je ne pas est sont c'est j'ai suis ce cette ces que qui quoi dans pour avec sur au \
         aux vous nous il elle ils mon ma mes votre vos notre son sa ses mais ou où si plus très bien quel quelle quels \
         comment combien quand pourquoi voudrais pouvez pourriez peux puis puis-je vas-tu est-ce peut doit sans faut etre tout merci s'il plaît y en \
         être avoir fait faire aussi par plaisir oui non tu te moi toi ça ca l d qu j n c s m t quelque quoi vas a",
    ),
    profile(
        "es",
        "ñ¿¡",
        "el la los las un una unos unas de del y que no es en por para con su sus mi mis tu tus se lo le les me te nos al \
         como cómo qué quién cuál cuánto cuánta cuándo dónde porque pero más muy este esta esto ese esa eso está están \
         estás estoy soy eres son fue ser tengo tiene puedo puede puedes quiero quisiera necesito hay si sí también ya \
         gracias favor usted ustedes yo él ella mucho hacer gusta he ha nada cuando sin",
    ),
    profile(
        "pt",
        "ãõ",
        "o os a as um uma de do da dos das e é que não nao em no na nos nas por para com sem seu sua meu minha se eu você \
         voce vocês ele ela isso isto este esta esse essa como quem qual quanto quando onde porque mas mais muito está \
         estou são sou foi ser tenho tem posso pode quero queria gostaria preciso há também já obrigado obrigada ao pelo \
         pela gosto vai vou então só me te lhe até sim ter fazer tu és mim bem ou dia favor",
    ),
    profile(
        "it",
        "ì",
        "il lo la i gli le un uno una di del della dei delle dello degli e è che non in nel nella per con su sul sulla da \
         dal dalla al alla si mi ti ci vi mio mia tuo tua suo sua miei tuoi suoi questo questa quello quella come chi cosa \
         cos'è c'è quale quali quanto quando dove perché perche ma anche più molto sono sei siamo ho hai ha hanno vorrei \
         posso puoi può potrei potrebbe grazie favore se ne io tu lei lui noi voi sto sta stai stai qualche qualcosa bene \
         essere avere fare nome l d dell all c un' tutto ancora mai niente ciò sì senza",
    ),
    profile(
        "nl",
        "ĳ",
        "de het een en ik niet is je jij u van op voor met dat die dit deze te er maar om aan als heb hebt heeft \
         hebben ben bent was zou kan kun kunt kunnen wil wilt graag mijn jouw uw zijn hun ons wij we ze hij hoe wat waar \
         wanneer waarom wie welke naar bij uit over ook nog geen wel dan al moet mag worden wordt werd alstublieft bedankt \
         dank goed gaat ja nee zo veel meer mij tot maakt weet iets nooit hier ooit kon kom komt doe doen gaan ga zal zullen jullie goedemorgen goedemiddag of moeten mogen",
    ),
    profile(
        "sv",
        "åäö",
        "och att det är en ett jag du inte på för med som av den till om har hade kan ska skulle vill var vad vem vilka \
         vilken vilket hur när varför men eller så mig dig oss er vi ni de dem dom min mitt mina din ditt dina sin från \
         här där bara också mycket finns ingen inget någon något tack snälla behöver kunde nu man gillar står till \
         hej mår gör bli blir",
    ),
    profile(
        "da",
        "æøå",
        "og at det er en et jeg du ikke på for med som af den til om har havde kan skal skulle vil var hvad hvem hvilken \
         hvordan hvornår hvorfor hvor men eller så mig dig os jer vi i de dem min mit mine din dit fra her der kun også \
         meget ingen intet nogen noget tak venligst kunne nu man gerne godt blive bliver",
    ),
    profile(
        "nb",
        "æøå",
        "og at det er en et ei jeg du ikke på for med som av den til om har hadde kan skal skulle vil var hva hvem hvilken \
         hvordan når hvorfor hvor men eller så meg deg oss dere vi de dem min mitt mine din ditt fra her der bare også \
         mye ingen noen noe takk vennligst kunne nå man gjerne bli blir",
    ),
    profile(
        "fi",
        "äö",
        "ja on ei en et se että hän minä sinä olen olet ovat oli mitä mikä missä milloin miksi miten kuka kuinka minun \
         sinun minulla sinulla tämä tuo nyt kun jos mutta tai myös vain hyvin paljon voi voin voisin voitteko haluan \
         haluaisin tarvitsen kiitos ole hyvä kyllä mukaan kanssa ilman joka jotka niin sitten vielä tilaus",
    ),
    profile(
        "pl",
        "łżąęśćńź",
        "i w na z się nie do jest to że jak co o po za od dla czy ale tak mi mnie ja ty on ona my wy są był była było być \
         mam masz ma może mogę można proszę chcę chciałbym chciałabym potrzebuję mój moja moje twój ten ta te tego jestem \
         gdzie kiedy dlaczego kto ile jaki jaka jakie już tylko jeszcze bardzo dziękuję przez przy",
    ),
    profile(
        "cs",
        "řěůčšž",
        "a v na se je že to si s z do jak co o po za od pro ale tak mi mě já ty on ona my vy jsou byl byla bylo být mám \
         máte má může mohu můžu prosím chci chtěl chtěla bych potřebuji můj moje tvůj ten ta jsem jste kde kdy proč kdo \
         kolik jaký jaká jaké už jen ještě velmi děkuji které který která není nebo",
    ),
    profile(
        "sk",
        "ľĺŕôčšž",
        "a v na sa je že to si s z do ako čo o po za od pre ale tak mi mňa ja ty on ona my vy sú bol bola bolo byť mám máte \
         má môže môžem prosím chcem chcel chcela by potrebujem môj moja moje tvoj ten tá som ste kde kedy prečo kto koľko \
         aký aká aké už len ešte veľmi ďakujem ktoré ktorý ktorá nie alebo",
    ),
    profile(
        "hu",
        "őű",
        "a az és hogy nem is egy van volt de ez én te ő mi ti ők meg csak már még ha vagy mint nekem neked kell lehet \
         szeretnék szeretném kérem köszönöm mit hol mikor miért ki hogyan mennyi melyik vagyok van-e nincs itt ott most \
         nagyon jó igen fel ki be el le után minden lenne tudom tudok kérek",
    ),
    profile(
        "ro",
        "ășț",
        "și si de la în in nu este sunt un o pe cu că ca pentru din mai ce cum când unde cine care cât dar sau dacă eu tu \
         el ea noi voi ei mie îmi vă mă se am ai are avem au fost fi vreau vrea doresc aș putea pot poate trebuie mulțumesc \
         rog foarte meu mea acest această acum doar bine al ale lui",
    ),
    profile(
        "tr",
        "ğışçöü\u{307}",
        "ve bir bu ne mi mı mu mü için ile de da ben sen siz biz o çok var yok değil nasıl nasılsın nerede neden niçin kim \
         hangi kaç ama gibi daha olarak istiyorum istiyor lütfen teşekkürler teşekkür ederim bana sana benim senin sizin \
         musun mısın misin müsün miyim mısınız misiniz olan oldu olur şu her şey evet hayır kadar sonra en zaman iyi merhaba \
         günaydın",
    ),
    profile(
        "id",
        "",
        "yang dan di ini itu dengan untuk tidak dari dalam akan pada juga saya kamu anda aku dia mereka kami kita adalah \
         ada bisa apa apakah siapa kapan bagaimana mengapa kenapa berapa sudah belum harus karena atau jika tapi tetapi \
         tolong terima kasih mau ingin boleh seperti lebih sangat bukan jangan lagi saja oleh ke dapat dimana mana punya \
         selamat pagi",
    ),
    profile(
        "vi",
        "đươạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
        "và là của có không tôi bạn này đó một những cho với trong được các người đã sẽ đang cũng như nhưng hay vì thì mà \
         ở từ đến xin cảm ơn làm gì sao muốn cần anh chị em giúp sau trước khi nếu thay lại chưa",
    ),
    profile(
        "ca",
        "",
        "el la els les un una uns unes de del dels i que no és en per amb al als com què qui quin quina quan on però més \
         molt aquest aquesta això està estic sóc són tinc té puc pot vull voldria necessito ha si també ja gràcies jo ell \
         ella nosaltres meu meva seva seu sense perquè",
    ),
    profile(
        "",
        "đčšžć",
        "i je u na se da li sam si su smo ste što šta kako gdje gde kada zašto tko ko koji koja koje ne nije nisam ali ili \
         za od do sa s iz po mi ti on ona oni moj moja moje mogu može želim želio trebam treba hvala molim vas još samo \
         već ovo to taj biti bio bila",
    ),
    profile(
        "sl",
        "čšž",
        "in je na se da ali sem si so smo ste kaj kako kje kdaj zakaj kdo kateri katera ne ni nisem ampak za od do z s iz po \
         mi ti on ona oni moj moja moje lahko želim rad rada bi potrebujem hvala prosim vas še samo že to ta biti bil bila \
         ker pri tudi zelo",
    ),
    profile(
        "et",
        "õäü",
        "ja on ei see et ma sa ta me te nad mina sina mis kes kus millal miks kuidas kui aga või ka oma minu sinu olen oled \
         oli saab saan sooviksin soovin tahan vajan palun aitäh tänan väga kas seda selle mulle sulle juba veel ainult siis ole ning",
    ),
    profile(
        "lv",
        "ēīūņļķģčšž",
        "un ir es tu viņš viņa mēs jūs ka ar no uz par kas kur kad kāpēc kā cik bet vai ja nav man tev mans mana tas tā šis \
         šī lūdzu paldies vēlos gribu varu var jau vēl tikai ļoti pie pēc lai būt bija esmu",
    ),
    profile(
        "lt",
        "ėųįūčžš",
        "ir yra aš tu jis ji mes jūs kad su iš į apie kas kur kada kodėl kaip kiek bet ar jei nėra man tau mano tavo tai tas \
         ta šis ši prašau ačiū noriu norėčiau galiu gali jau dar tik labai prie po būti buvo esu",
    ),
    profile(
        "hi-Latn",
        "",
        "hai hain ho hoon hun kya kyu kyun kyon kaise kaisa kaisi kab kahan kaun kitna kitne mujhe mujhko mera meri mere tera \
         tum tumse tumhara aap aapse aapka aapki aapke hum humein nahi nahin nhi haan karna karo kar kiya karein karke chahiye \
         chahta chahti raha rahi rahe gaya gayi hua hui tha thi thay bhi aur lekin magar kyunki yeh woh ye wo ka ki ke ko se \
         mein pe par bahut accha acha theek thik abhi phir wala wali wale kuch koi sab milke milkar haal bata batao bataiye \
         kripya dhanyavaad shukriya",
    ),
    profile(
        "yo",
        "ẹọṣ",
        "mo ti ni ki lo se ko si wo awo bo ba mi fe ru gbo nti ibo nibo ile oruko ounje awon alafia jowo ese abi ku kini \
         bawo e o ati fun pelu sugbon nitori nibe nkan nkankan beni beeni rara emi iwo oun a won je ja wa so",
    ),
    profile(
        "",
        "",
        "die en ek nie is jy van op vir met dat wat hierdie het te maar om aan as sal kan wil my jou ons hulle hy sy hoe waar \
         wanneer hoekom wie na by uit oor ook nog geen dan moet word asseblief dankie goed baie meer",
    ),
    profile(
        "",
        "",
        "ang ng mga sa na ay at ko mo ako ikaw ka siya kami tayo kayo sila ito iyan iyon hindi ba po opo kung ano sino saan \
         kailan bakit paano magkano gusto kailangan salamat pero may mayroon wala lang din rin naman",
    ),
    profile(
        "",
        "",
        "na ya wa kwa ni za la cha vya katika hii hiyo huyo mimi wewe yeye sisi nyinyi wao nina una ana nataka naomba tafadhali \
         asante sana nini nani wapi lini kwanini vipi ngapi lakini au kama si hapana ndiyo bado tu pia",
    ),
    profile(
        "",
        "ə",
        "və bir bu nə mi mı üçün ilə də da mən sən siz biz o çox var yox deyil necə harada niyə kim hansı neçə amma kimi \
         daha istəyirəm zəhmət olmasa təşəkkür mənə sənə mənim sənin olan oldu olur hər şey bəli xeyr qədər sonra ən",
    ),
];

pub(super) const CYRILLIC: &[Profile] = &[
    profile(
        "ru",
        "ыэё",
        "и в не на я что с по это как у за из от для то мы вы он она они ты а но да нет бы же мне меня мой моя мое мои вас \
         вам нас так уже еще ещё только если когда где почему кто сколько какой какая какие есть был была было быть нужно \
         хочу могу можно пожалуйста спасибо здравствуйте очень все всё или твой твоя дела до чтобы такое можешь",
    ),
    profile(
        "uk",
        "іїєґ",
        "і й в у не на я що з по це як за із від для то ми ви він вона вони ти а але та так ні би ж мені мене мій моя моє мої \
         вас вам нас вже ще тільки якщо коли де чому хто скільки який яка які яке є був була було бути потрібно хочу можу \
         можна будь ласка дякую дуже все або твій твоя твоє тобі до щоб можеш повинні",
    ),
    profile(
        "bg",
        "ъ",
        "и в не на аз че с по това как за от да се съм си е са сме сте ми ме те той тя те ние вие какво къде кога защо кой \
         колко коя кои има няма беше бъде искам мога може моля благодаря много или ако но вече още само моя моят моята при",
    ),
    profile(
        "",
        "ўі",
        "і ў не на я што з па гэта як за ад для мы вы ён яна яны ты але так ці калі дзе чаму хто",
    ),
    profile(
        "",
        "јљњђћџѓќѕ",
        "и у не на да се је сам си су смо сте што како где када зашто ко који али или за од",
    ),
    profile(
        "",
        "әғқңөұүһәҡҙҫі",
        "және мен сен бұл бар жоқ үшін бірақ менің қалай қайда керек емес бир жана эмес",
    ),
    profile("", "ғқҳўҷӣӯөү", "ва аз ки дар ба барои ман шумо ин он аст нест би та энэ юу байна"),
];

pub(super) const ARABIC: &[Profile] = &[
    profile(
        "ar",
        "ةىكيإأؤ",
        "في من على إلى الى أن ان هذا هذه ذلك التي الذي ما لا لم لن هل كيف أين متى لماذا ماذا مع عن أو او و يا أنا انا أنت \
         انت نحن هو هي لي لك كان كانت أريد اريد أحتاج شكرا شكراً من فضلك لقد قد تم كل بعد قبل عند لكن حتى إذا ايش وين ليش",
    ),
    profile(
        "fa",
        "یکپچژگ",
        "و در به از که این آن را با برای من تو او ما شما ایشان است هست نیست هستم هستی شد شدی بود بودم می نمی میشه چه چی چرا \
         چطور کجا کی کدام آیا اگر یا هم نه بله خیر خودت خیلی لطفا لطفاً ممنون یه یک رو تا دارم داری دارد ندارم میخوام میکنه \
         میخواهم باید کرد کنم کنید اما ولی دیگر",
    ),
    profile(
        "ur",
        "ٹڈڑںےہھیک",
        "ہے ہیں ہوں ہو کا کی کے کو سے میں نے پر اور یہ وہ کیا کیسے کیسا کب کہاں کیوں کون آپ تم ہم مجھے میرا میری میرے نہیں \
         بھی تھا تھی تھے رہا رہی رہے گا گی گے کر کرنا چاہیے شکریہ براہ کرم لیکن اگر مگر جی ہاں بہت",
    ),
    profile("", "ښډړټځڅۍې", "د په او چې دا کې له نه زه ته موږ تاسو څه ولې چیرې څنګه"),
    profile("", "ەێۆڕڵڤۇۈۋ", "لە بۆ کە من تۆ ئەم ئەو ئێمە چی چۆن کوێ بەڵام"),
    profile("", "ڄڃٿڀٽڏڻڳڱ", "۾ جي جو جا کي تي آهي ڇا مان توهان"),
];

pub(super) const DEVANAGARI: &[Profile] = &[
    profile(
        "hi",
        "",
        "या है हैं हूँ हूं हो का की के को से में ने पर और यह वह ये वे क्या कैसे कैसा कैसी कब कहाँ कहां क्यों कौन कितना कितने \
         कितनी आप तुम हम मैं मुझे मेरा मेरी मेरे नहीं भी था थी थे रहा रही रहे गा गी गे कर करना करने चाहिए चाहता चाहती धन्यवाद \
         कृपया लेकिन अगर बहुत एक इस उस कोई कुछ आपका आपसे आपको तुम्हारे लिए अच्छा लगा हुई हुआ यहाँ यहां ज़रूर ठीक",
    ),
    profile(
        "mr",
        "ळ",
        "आहे आहेत आहोत आहेस आहात मी तू तो ती ते आम्ही तुम्ही आपण आपल्याला तुम्हाला मला माझा माझी माझे काय कसे कसा कशी कधी \
         कुठे का कोण किती आणि पण किंवा नाही नका हवे हवी हवा पाहिजे होते होता होती केले झाला झाली झाले च साठी मध्ये या हा ही \
         कृपया धन्यवाद खूप एक करत करणार शकतो शकते अहो याला",
    ),
    profile(
        "ne",
        "",
        "छ छन् छु हुन्छ हो होइन म तपाईं तपाई तिमी हामी मेरो मलाई के कसरी कहिले कहाँ किन को कति र तर वा पनि गर्न गर्नुहोस् \
         गर्नु भयो थियो लागि मा ले लाई बाट यो त्यो धेरै धन्यवाद कृपया चाहिन्छ",
    ),
];
