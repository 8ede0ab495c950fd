//! Words that tell what a sentence does: asks, complains, or only keeps the talk going.
//!
//! A word with `*` stands for all that begin with it. One list for all languages: a customer mixes them, and a word
//! that means something else next door costs a rank, not a fact.

/// Asking, wanting, needing, or what is commonly asked for.
pub(super) const WANTS: &str = "\
want* need* would like i'd could can please help cancel* refund* return* exchang* chang* speak escalat* \
supervisor manager looking book* reserv* order* pay* charg* deliver* ship* upgrad* remov* add \
updat* move reset reschedul* compensat* voucher request* wish* hope hoping insuran* subscri* invoice* receipt* \
möchte* will brauche* benötige* suche* hätte* kann können könnte* bitte hilfe storn* erstatt* rückerstatt* zurück* \
umtausch* änder* bestell* buch* reserv* mensch* mitarbeiter* rechnung* liefer* kündig* \
veux voudrais souhait* besoin cherche* pouvez pourriez pourrais aide* annul* rembours* échang* modifi* command* \
réserv* conseiller humain* factur* livr* résili* \
quiero quisiera necesit* busco puede* podría* ayuda* cancel* reembols* devol* cambi* pedido* reserv* hablar persona \
quero queria gostaria precis* procur* pode* poderia ajud* troc* alter* encomend* atendente falar \
vorrei voglio bisogno cerco può potrebbe* potrei aiut* rimbors* cambi* modific* ordin* prenot* parlare operatore \
wil graag zoek kunt help annuler* terugbetal* ruil* wijzig* bestel* medewerker spreken \
vill behöver söker hjälp* avbok* återbetal* ändra* beställ* boka* \
chcę chciał* potrzebuj* pomoc* anulow* zwrot* zamów* istiyor* lütfen yardım* iptal* iade* değiş* sipariş* \
ingin mau tolong bantu* batal* kembali* pesan* хочу хотел* нужн* нужен помо* отмен* верн* возврат* заказ* оператор* \
потріб* хоті* допомо* скасу* повер* замов* \
चाहता चाहती चाहते चाहिए मदद कृपया रद्द वापस बदल* बुक ऑर्डर सुझा* बताइए बता recommend chahiye chahta chahti madad \
أريد اريد أحتاج مساعدة إلغاء استرداد طلب ممكن میخواهم میخوام لطفا کمک لغو چاہتا چاہتی چاہیے مدد رוצה צריך עזרה לבטל";

/// Something is wrong, missing, late, refused or felt.
pub(super) const WRONGS: &str = "\
not cannot can't don't doesn't didn't won't isn't wasn't never nothing without problem* issue* error* wrong* broken \
broke fail* mistake* misunderst* missing lost late delay* damag* defect* stuck unhappy dissatisf* disappoint* angry \
unfortunately however sick ill passed died death emergency urgent* because reason* due complain* fraud* stolen double \
duplicate overcharg* still already \
nicht kein keine keinen problem* fehler* falsch kaputt defekt* verspät* verloren fehlt leider beschwer* weil grund \
dringend* immer noch \
pas jamais problème* erreur* cassé* retard* perdu* manque* malheureusement parce raison urgent* \
problema* errad* roto rota tarde perdid* falta* desafortunadamente porque razón urgente* nunca \
não nunca quebrad* atras* perdi* motivo infelizmente \
non problem* errore rotto rotta ritard* perso persa manca purtroppo perché motivo mai \
niet geen kapot fout* vertraag* kwijt ontbreek* helaas omdat inte fel trasig* försen* tappa* saknas tyvärr eftersom \
nie błąd* zepsut* opóźn* değil bozuk hata* sorun* kayıp tidak belum rusak salah masalah hilang terlambat \
не нет ошибк* проблем* слома* опозда* потеря* почему помилк* злама* \
नहीं समस्या गलत खराब देर nahi nahin galat kharab مشكلة لا لم خطأ مشکل خراب نہیں غلط לא בעיה";

/// Greeting, thanking, agreeing, filling.
pub(super) const CHATTER: &str = "\
hi hello hey hai heya there good morning afternoon evening day night thank thanks thankyou thx you much so very a lot \
yes yeah yep yup no nope ok okay k sure of course alright fine great perfect awesome nice cool wonderful excellent \
fantastic sounds correct right bye goodbye welcome certainly absolutely please all that's that that'll it it's is be \
everything for now your help anyways anyway however actually additionally also okey oh well assistance have well really appreciate i i'm am just go ahead do proceed got understand see \
hallo guten morgen tag abend danke vielen dank dankeschön ja nein gut super prima klar genau natürlich gerne tschüss bedanke \
auf wiedersehen in ordnung stimmt richtig das ist okay schön toll sehr das war's \
bonjour bonsoir salut merci beaucoup oui non d'accord bien sûr parfait très super revoir au je vois ciao c'est tout \
hola buenos buenas días tardes noches gracias muchas sí vale claro perfecto bien adiós muy \
olá oi bom boa dia tarde noite obrigado obrigada muito sim não tudo bem perfeito certo tchau \
buongiorno buonasera salve grazie mille sì va bene certo perfetto ottimo arrivederci fantastico molto \
goedemorgen goedemiddag goedendag bedankt dank je wel nee prima goed oké doei \
hej tack så mycket nej bra okej hejdå cześć dzień dobry dziękuję tak merhaba teşekkürler teşekkür ederim evet hayır \
tamam halo terima kasih ya baik здравствуйте привет спасибо да нет хорошо ладно дякую добрий день так \
नमस्ते नमस्कार धन्यवाद हाँ हां जी ठीक है अच्छा अलविदा ज़रूर बहुत namaste dhanyavaad shukriya haan theek accha \
안녕하세요 감사합니다 네 예 아니요 좋아요 좋습니다 알겠습니다 그래요 괜찮습니다 안녕히 계세요 없습니다 고마워요 \
مرحبا شكرا شكراً نعم حسنا سلام ممنون بله باشه شکریہ جی שלום תודה כן בסדר";

/// As above, for scripts without spaces: found anywhere in the sentence.
pub(super) const WANTS_UNSPACED: &str = "\
想 要 请 請 帮 幫 推荐 推薦 取消 退款 退货 退貨 退 换 換 改 订 訂 预 預 查 人工 客服 需要 希望 可以 能不能 \
たい お願い ください 下さい 欲しい ほしい 希望 キャンセル 返金 返品 交換 変更 予約 注文 探し 教えて 解約 オペレーター \
ต้องการ ขอ อยาก ช่วย ยกเลิก คืนเงิน เปลี่ยน สั่ง จอง 싶 주세요 주실 취소 환불 교환 변경 예약 주문 필요 찾";
pub(super) const WRONGS_UNSPACED: &str = "\
不 没 沒 错 錯 坏 壞 问题 問題 丢 丟 晚 迟 延 投诉 投訴 为什么 為什麼 ない ません 壊れ 間違 遅 届か 困 できな エラー 故障 \
ไม่ ผิด เสีย หาย ช้า ปัญหา 안 못 문제 고장 오류 늦 잘못";
pub(super) const CHATTER_UNSPACED: &str = "\
你好 您好 谢谢 謝謝 感谢 感謝 再见 再見 拜拜 好的 好啊 好 嗯 哦 是的 行 可以 没问题 没有 知道了 明白 了解 收到 太好了 不客气 \
ありがとうございます ありがとう こんにちは はい いいえ わかりました 分かりました 了解です 了解 お願いします お願いいたします よろしく 大丈夫です \
いいですね そうですね そうなんですね 承知しました 以上です 以上になります ございます です สวัสดี ขอบคุณ ครับ ค่ะ ใช่ ตกลง";
