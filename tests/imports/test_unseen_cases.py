# ruff: noqa: RUF001, E501 - words of many alphabets, a line a case
"""Small files in many languages and of many tools: nobody who said no is imported unasked.

Each case is a table, and the people in it who said no; `b` stands for `b@example.com`.
"""

from __future__ import annotations

import csv
from typing import NamedTuple

import pytest

from prefect_getresponse.sources.rows import RowsSource
from tests.imports.cases import Judged, judged


class Case(NamedTuple):
    """The columns beside the address, a row for each of `a`, `b`, `c`, and who said no."""

    header: str
    rows: tuple[str, ...]
    refused: str = "b"


CASES = {
    # Many languages
    "Arabic": Case("أوافق على تلقي الرسائل", ("نعم", "لا")),
    "Bulgarian": Case("Отказал се", ("Не", "Да")),
    "Chinese": Case("是否愿意接收邮件", ("是", "否")),
    "Estonian, withdrawn": Case("Nõusolek tagasi võetud", ("Ei", "Jah")),
    "Finnish": Case("Saako lähettää tarjouksia", ("Kyllä", "Ei")),
    "Finnish, forbidden": Case("Suoramarkkinointikielto", ("Ei", "Kyllä", "")),
    "Greek": Case("Θέλω να λαμβάνω ενημερώσεις", ("Ναι", "Όχι")),
    "Hebrew": Case("מאשר קבלת דיוור", ("כן", "לא")),
    "Hindi": Case("सहमति", ("हाँ", "नहीं")),
    "Hungarian": Case("Kér hírlevelet?", ("Igen", "Nem", ""), "b c"),
    "Hungarian, withdrawn": Case("Hozzájárulás visszavonva", ("Nem", "Igen")),
    "Indonesian": Case("Setuju menerima promosi", ("Ya", "Tidak")),
    "Japanese": Case("配信希望", ("希望する", "希望しない", "希望する")),
    "Japanese, stopped": Case("メルマガ", ("購読中", "配信停止")),
    "Korean": Case("광고 수신 동의", ("예", "아니오")),
    "Latvian, refused": Case("Atteicies no jaunumiem", ("Nē", "Jā")),
    "Lithuanian": Case("Sutikimas gauti naujienas", ("Taip", "Ne")),
    "Romanian": Case("Dezabonat", ("Nu", "Da")),
    "Thai": Case("ยินยอมรับข่าวสาร", ("ใช่", "ไม่")),
    "Turkish": Case("Ticari elektronik ileti onayı", ("Evet", "Hayır", "Reddedildi"), "b c"),
    "Vietnamese": Case("Đồng ý nhận tin", ("Có", "Không")),
    # Pending, expired, doubly negated
    "states": Case("Consent state", ("Confirmed", "Pending", "Withdrawn"), "b c"),
    "GDPR": Case("GDPR", ("Given", "Pending", "Lapsed"), "b c"),
    "valid until": Case("Newsletter,Consent valid until", ("yes,2099-01-01", "yes,2020-01-01")),
    "do not stop": Case("Please do not stop sending me news", ("Yes", "No")),
    "do not object": Case("I do not object to receiving e-mails", ("Yes", "No")),
    "not unsubscribed": Case("Not unsubscribed", ("TRUE", "FALSE")),
    "untick": Case("Untick if you do not want our offers", ("1", "0")),
    "not yet": Case("Do we have permission?", ("y", "not yet", "asked"), "b c"),
    # Codes and signs
    "codes of mail": Case("Mail status", ("1", "2", "0"), "b c"),
    "codes of opt-in": Case("optin_state", ("1", "2", "0"), "b c"),
    "letters": Case("Contact flag", ("A", "U", "B"), "b c"),
    "thumbs": Case("OK to mail", ("👍", "👎")),
    "crosses": Case("Mail", ("✓", "✗")),
    "how often": Case("How often may we write?", ("weekly", "never")),
    # Suppressions, notes, JSON
    "suppressions": Case("Reason", ("", "Hard bounce", "Spam complaint"), "b c"),
    "dead mailboxes": Case("reason", ("", "550 no such user", "mailbox full"), "b c"),
    "Robinson list": Case("Robinson list", ("No", "Yes")),
    "English notes": Case("Notes", ("at the fair", "asked us to stop e-mailing him")),
    "English notes, off": Case("Notes", ("at the fair", "wants no contact by mail")),
    "Dutch notes": Case("Opmerking", ("beurs", "wil geen post meer van ons")),
    "French notes": Case("Remarques", ("salon", "ne souhaite plus recevoir nos messages")),
    "German notes": Case("Bemerkung", ("Messe", "möchte keine Werbung mehr bekommen")),
    "Polish notes": Case("Uwagi", ("targi", "prosi o nieprzysyłanie maili")),
    "Spanish notes": Case("Notas", ("feria", "pidió que no le mandemos más correos")),
    "JSON of channels": Case(
        "consents",
        (
            '"[{""channel"": ""email"", ""status"": ""granted""}]"',
            '"[{""channel"": ""email"", ""status"": ""revoked""}]"',
            '"[{""channel"": ""sms"", ""status"": ""granted""}]"',
        ),
        "b c",
    ),
    "JSON of switches": Case(
        "preferences", ('"{""newsletter"": true}"', '"{""newsletter"": false}"')
    ),
    # Dates of an end, and tools
    "left us on": Case("Signed up,Left us on", ("2024-01-01,", "2024-01-01,2025-01-01")),
    "Polish date": Case("Data rezygnacji", ("", "2025-01-01")),
    "German date": Case("Subscribed,Abmeldedatum", ("2024-01-01,", "2024-01-01,2025-01-01")),
    "Moosend": Case("Status,Removed On", ("Subscribed,", "Unsubscribed,", "Removed,2025-01-01"), "b c"),
    "Drip": Case("status,eu_consent", ("active,granted", "active,denied")),
    "Keap": Case("Email Status", ("Double opt-in", "Opted Out", "Unengaged Non-Marketable"), "b c"),
    "Dynamics": Case("Allow Email,Allow Bulk Email", ("Allow,Allow", "Do Not Allow,Allow", "Allow,Do Not Allow"), "b c"),
    "Kit": Case("status,cancelled_at", ("active,", "cancelled,2025-01-01")),
    "another address": Case("Email 2,Newsletter", ("a2@example.com,yes", "b2@example.com,no")),
    # Headers and answers of thirty further languages, and further ways to say no
    "Finnish: Tekstiviestimarkkinointi": Case("Sukunimi,Sähköpostimarkkinointi,Tekstiviestimarkkinointi", ("Virtanen,Sallittu,Sallittu", "Korhonen,Kielletty,Sallittu", "Mäki,Sallittu,Kielletty")),
    "Finnish: Uutiskirje": Case("Uutiskirje", ("Kyllä", "Ei", '""'), "b c"),
    "Finnish: Ei sähköpostia": Case("Ei sähköpostia", ('""', "X", '""')),
    "Finnish: Peruttu pvm": Case("Peruttu pvm", ('""', "3.2.2024", '""')),
    "Turkish: SMS İzni": Case("Soyad,E-posta İzni,SMS İzni", ("Veli,Onay,Onay", "Demir,Ret,Onay", "Ak,Onay,Ret")),
    "Turkish: İYS Durumu": Case("İYS Durumu", ("ONAY", "RET", "ONAY")),
    "Turkish: Listeden çıktı mı": Case("Listeden çıktı mı", ("Hayır", "Evet", "Hayır")),
    "Turkish: Durum": Case("Durum", ("Abone", "Abonelikten çıktı", "Abone")),
    "Greek: Εγγραφή στο newsletter": Case("Εγγραφή στο newsletter", ("Ναι", "Όχι", "Ναι")),
    "Greek: Διαγραφή από λίστα": Case("Διαγραφή από λίστα", ('""', "12/03/2024", '""')),
    "Greek: Κατάσταση": Case("Κατάσταση", ("Ενεργός", "Διαγραμμένος", "Ενεργός")),
    "Hebrew: דיוור": Case("דיוור", ("כן", "לא", "כן")),
    "Hebrew: הוסר מרשימת תפוצה": Case("הוסר מרשימת תפוצה", ('""', "הוסר", '""')),
    "Hebrew: סטטוס": Case("סטטוס", ("פעיל", "הסיר את עצמו", "פעיל")),
    "Japanese: メール配信": Case("メール配信", ("可", "不可", "可")),
    "Japanese: DM可否": Case("DM可否", ("○", "×", "○")),
    "Japanese: 退会日": Case("退会日", ('""', "2024/03/01", '""')),
    "Japanese: ステータス": Case("ステータス", ("会員", "退会済み", "会員")),
    "Arabic: الاشتراك في النشرة": Case("الاشتراك في النشرة", ("مشترك", "غير مشترك", "مشترك")),
    "Arabic: الحالة": Case("الحالة", ("نشط", "ملغى", "نشط")),
    "Hungarian: Leiratkozott": Case("Hírlevél,Leiratkozott", ("igen,", "igen,2024.01.02", "igen,")),
    "Hungarian: Feliratkozás állapota": Case("Feliratkozás állapota", ("Aktív", "Leiratkozott", "Visszapattant"), "b c"),
    "Hungarian: Nem kér hírlevelet": Case("Nem kér hírlevelet", ('""', "x", '""')),
    "Vietnamese: Nhận email quảng cáo": Case("Nhận email quảng cáo", ("Đồng ý", "Không đồng ý", "Đồng ý")),
    "Vietnamese: Hủy đăng ký": Case("Hủy đăng ký", ("0", "1", "0")),
    "Vietnamese: Trạng thái": Case("Trạng thái", ("Đang hoạt động", "Đã hủy", "Đang hoạt động")),
    "Thai: สถานะ": Case("สถานะ", ("ใช้งาน", "ยกเลิกการรับข่าวสาร", "ใช้งาน")),
    "Thai: ไม่รับอีเมล": Case("ไม่รับอีเมล", ('""', "✓", '""')),
    "Korean: 수신거부": Case("수신거부", ("N", "Y", "N")),
    "Korean: 이메일 수신": Case("이메일 수신", ("동의", "거부", "동의")),
    "Chinese: 退订": Case("退订", ("否", "是", "否")),
    "Chinese: 订阅状态": Case("订阅状态", ("已订阅", "已退订", "已订阅")),
    "Chinese: 備註": Case("備註", ("老客戶", "請勿寄信", '""')),
    "Russian: Согласие на рассылку": Case("Согласие на рассылку", ("Да", "Отозвано", "Да")),
    "Russian: Отписан": Case("Отписан", ("0", "1", "0")),
    "Russian: Комментарий": Case("Комментарий", ("постоянный клиент", "просил не присылать письма", '""')),
    "Ukrainian: Статус підписки": Case("Статус підписки", ("Підписаний", "Відписаний", "Підписаний")),
    "Czech: Odhlášen": Case("Odhlášen", ("ne", "ano", "ne")),
    "Czech: Poznámka": Case("Poznámka", ("stálý zákazník", "nepřeje si dostávat e-maily", '""')),
    "Slovak: Súhlas": Case("Súhlas", ("udelený", "odvolaný", "udelený")),
    "Romanian: Acord marketing": Case("Acord marketing", ("DA", "NU", "retras"), "b c"),
    "Romanian: Observatii": Case("Observatii", ("client vechi", "nu mai doreste emailuri", '""')),
    "Croatian: Odjavljen": Case("Odjavljen", ("ne", "da", "ne")),
    "Slovenian: Privolitev": Case("Privolitev", ("DA", "NE", "preklicana"), "b c"),
    "Swedish: Avregistrerad": Case("Avregistrerad", ('""', "2024-01-01", '""')),
    "Swedish: Anteckning": Case("Anteckning", ("stamkund", "vill inte ha mejl", '""')),
    "Norwegian: Reservert mot markedsføring": Case("Reservert mot markedsføring", ("Nei", "Ja", "Nei")),
    "Danish: Nyhedsbrev": Case("Nyhedsbrev", ("Tilmeldt", "Frameldt", "Tilmeldt")),
    "Dutch: Status": Case("Status", ("Ingeschreven", "Uitgeschreven", "Ingeschreven")),
    "Dutch: Opmerkingen": Case("Opmerkingen", ("beurs", "geen mail sturen aub", '""')),
    "Portuguese: Aceita receber novidades": Case("Aceita receber novidades", ("Sim", "Não", "Sim")),
    "Portuguese: Situação": Case("Situação", ("Ativo", "Descadastrado", "Ativo")),
    "Italian: Disiscritto il": Case("Disiscritto il", ('""', "01/02/2024", '""')),
    "Italian: Note": Case("Note", ("cliente fiera", "non vuole essere contattata", '""')),
    "Spanish: Baja": Case("Baja", ('""', "SI", '""')),
    "Spanish: Fecha de baja": Case("Fecha de baja", ('""', "03/04/2024", '""')),
    "Catalan: Accepta comunicacions": Case("Accepta comunicacions", ("Sí", "No", "Sí")),
    "French: Désabonné": Case("Désabonné", ("Faux", "Vrai", "Faux")),
    "German: Werbesperre": Case("Werbesperre", ("nein", "ja", "nein")),
    "German: Kennzeichen": Case("Kennzeichen", ('""', "Werbewiderspruch", '""')),
    "German: DOI bestätigt am": Case("DOI bestätigt am", ("2024-01-02 10:00", '""', "2024-01-05 11:00")),
    "Polish: Nie wysyłać": Case("Nie wysyłać", ('""', "tak", '""')),
    "Polish: Data wycofania": Case("Zgoda marketingowa,Data wycofania", ("tak,", "tak,2024-01-02", "tak,")),
    "Polish: Sprzeciw": Case("Sprzeciw", ('""', "TAK", '""')),
    "Estonian: Uudiskiri": Case("Uudiskiri", ("jah", "ei", "jah")),
    "Lithuanian: Atsisakė": Case("Atsisakė", ('""', "taip", '""')),
    "Latvian: Statuss": Case("Statuss", ("Aktīvs", "Atteikusies", "Aktīvs")),
    "Icelandic: Afskráð": Case("Afskráð", ("Nei", "Já", "Nei")),
    "Persian: لغو عضویت": Case("لغو عضویت", ("خیر", "بله", "خیر")),
    "Indonesian: Berhenti berlangganan": Case("Berhenti berlangganan", ("Tidak", "Ya", "Tidak")),
    "Malay: Status": Case("Status", ("Langgan", "Nyahlanggan", "Langgan")),
    "Georgian: თანხმობა": Case("თანხმობა", ("კი", "არა", "კი")),
    "Armenian: Համաձայնություն": Case("Համաձայնություն", ("այո", "ոչ", "այո")),
    "Swahili: Idhini": Case("Idhini", ("Ndiyo", "Hapana", "Ndiyo")),
    "Albanian: Pëlqimi": Case("Pëlqimi", ("Po", "Jo", "Po")),
    "Basque: Baimena": Case("Baimena", ("Bai", "Ez", "Bai")),
    "Welsh: Caniatâd": Case("Caniatâd", ("Ydw", "Nac ydw", "Ydw")),
    "Do not email": Case("Do not email", ("0", "1", "0")),
    "NOMAIL": Case("NOMAIL", ("N", "Y", "N")),
    "Mailable": Case("Mailable", ("T", "F", "T")),
    "Reachable": Case("Reachable", ("yes", "no", "yes")),
    "Suppressed": Case("Suppressed", ("FALSE", "TRUE", "FALSE")),
    "global_unsub": Case("global_unsub", ("NULL", "2024-01-01T10:00:00+02:00", "NULL")),
    "unsub ts": Case("unsub ts", ('""', "2024-03-01 10:00:00 America/New_York", '""')),
    "unsub_time": Case("unsub_time", ("0", "1709287200", "0")),
    "Opted Out Date": Case("Opted Out Date", ('""', '"March 3, 2024"', '""')),
    "Tags": Case("Tags", ('"vip,fair"', '"vip,unsubscribed"', "fair")),
    "Labels": Case("Labels", ("vip", "vip|do-not-email", '""')),
    "Tags, tags optin": Case("Tags", ('"vip, email-optin"', '"vip, email-optout"', "email-optin")),
    "Lists": Case("Lists", ('"Newsletter, Promo"', "Suppression list", "Newsletter")),
    "Segment": Case("Segment", ("Customers", "Do not contact", "Prospects")),
    "preferences": Case("preferences", ('"{""email"":{""subscribed"":true}}"', '"{""email"":{""subscribed"":false}}"', '"{""email"":{""subscribed"":true}}"')),
    "email_consent": Case("email_consent", ('"{""state"":""subscribed"",""opt_in_level"":""single_opt_in""}"', '"{""state"":""unsubscribed"",""opt_in_level"":null}"', '"{""state"":""subscribed"",""opt_in_level"":""single_opt_in""}"')),
    "consent": Case("consent", ("\"{'email': True, 'sms': False}\"", "\"{'email': False, 'sms': True}\"", "\"{'email': True, 'sms': True}\"")),
    "permissions": Case("permissions", ("email=1&sms=0", "email=0&sms=1", "email=1&sms=1")),
    "Contact me by": Case("Contact me by", ('"Email, phone"', "Phone", "Email")),
    "Preferred contact method": Case("Preferred contact method", ("Email", "Post only", "Email")),
    "Opt-in E-mail": Case("Opt-in SMS,Opt-in E-mail", ("0,1", "1,0", "1,1")),
    "Has not opted out": Case("Has not opted out", ("true", "false", "true")),
    "Excluded from mailings": Case("Excluded from mailings", ("No", "Yes", "No")),
    "Deceased": Case("Deceased", ('""', "1", '""')),
    "St": Case("St", ("S", "U", "C"), "b c"),
    "status": Case("status", ("1", "0", "1")),
    "unsub_reason": Case("unsub_reason", ('""', "Too many emails", '""')),
    "UNSUB_CAMPAIGN_TITLE": Case("UNSUB_CAMPAIGN_TITLE", ('""', "Spring sale", '""')),
    "Legal basis for processing": Case("Legal basis for processing", ("Consent", "Not applicable", "Legitimate interest")),
    "GDPR consent": Case("GDPR consent", ("Granted", "Not granted", "Requested"), "b c"),
    "Newsletter frequency": Case("Newsletter frequency", ("Daily", "Off", "Weekly")),
    "Interests": Case("Interests", ("Shoes", "No thanks", "Hats")),
    "Company": Case("Company", ("Lee Ltd", "Poe Inc (opted out)", "Foo")),
    "Consent withdrawn?": Case("Consent given?,Consent withdrawn?", ("Y,", "Y,Y", "Y,")),
    "Email status": Case("Email status", ("Valid", "Invalid", "Spamtrap"), "b c"),
    "Bounced": Case("Bounced", ("0", "1", "0")),
    "Complained At": Case("Complained At", ('""', "2024-04-01", '""')),
    "Active": Case("Active", ("Yes", "No", "Yes")),
    "IsDeleted": Case("IsDeleted", ("False", "True", "False")),
    "Archived": Case("Archived", ('""', "archived", '""')),
    "is_blocked": Case("is_blocked", ("f", "t", "f")),
    "DM": Case("DM", ("OK", "NG", "OK")),
    "News": Case("News", ("🟢", "🔴", "🟢")),
    "Opt-in text": Case("Opt-in text", ("I agree to receive news", '""', "I agree to receive news")),
    "Would you like to stay in touch?": Case("Would you like to stay in touch?", ("Absolutely", "Nope", "Sure")),
    "Which describes you best?": Case("Which describes you best?", ("Please keep me posted", "Leave me alone", "Please keep me posted")),
    "Consent expires": Case("Newsletter,Consent expires", ("yes,2099-01-01", "yes,2019-01-01", "yes,2099-01-01")),
    "Marketing allowed": Case("Newsletter,Marketing allowed", ("yes,yes", "yes,no", "yes,yes")),
    "On hold": Case("Subscribed,On hold", ("yes,", "yes,hold", "yes,")),
    "Email Validation": Case("Opt In Status,Email Validation", ("Opt-In,ok", "Opt-In,unsubscribe requested", "Opt-In,ok")),
    "Last emailed": Case("Last emailed", ("2024-01-01", "never - asked not to", "2024-02-01")),
    "Activity": Case("Activity", ("Opened campaign", "Unsubscribed on 2024-01-01", "Clicked link")),
    "Consent": Case("Consent", ("x", "-", "x")),
    "Consent, html": Case("Consent", ("<b>Yes</b>", "<b>No</b>", "<b>Yes</b>")),
    "newsletter[]": Case("newsletter[]", ("Array ( [0] => yes )", "Array ( )", "Array ( [0] => yes )")),
    "would_you_like_to_receive_our_newsletter?": Case("would_you_like_to_receive_our_newsletter?", ('"yes,_please"', '"no,_thanks"', '"yes,_please"')),
    "Accepte les emails": Case("Accepte les emails", ("VRAI", "FAUX", "VRAI")),
    "E-Mail erlaubt": Case("E-Mail erlaubt", ("WAHR", "FALSCH", "WAHR")),
    "Zgoda na e-mail": Case("Zgoda na e-mail", ("PRAWDA", "FAŁSZ", "PRAWDA")),
    "Markkinointilupa": Case("Markkinointilupa", ("TOSI", "EPÄTOSI", "TOSI")),
    "Consenso": Case("Consenso", ("VERO", "FALSO", "VERO")),
    "Toestemming": Case("Toestemming", ("WAAR", "ONWAAR", "WAAR")),
    "Hozzájárulás": Case("Hozzájárulás", ("IGAZ", "HAMIS", "IGAZ")),
    "İzin": Case("İzin", ("DOĞRU", "YANLIŞ", "DOĞRU")),
    "Norwegian: Opt-out date": Case("Opt-in date,Opt-out date", ("2024-01-01,", "2024-01-01,2024-05-01", "2024-02-01,")),
    "Resubscribed": Case("Unsubscribed,Resubscribed", (",", "2024-01-01,", "2024-01-01,2024-06-01")),
    "Email ok": Case("Email ok", ("yes", "no - moved", "yes")),
    "confirmed": Case("confirmed", ("1", "0", "1")),
    "subscriber": Case("subscriber", ("yes", "no", "yes")),
    "Consent scope": Case("Consent scope", ("All channels", "Post only", "All channels")),
    "Kommunikation": Case("Kommunikation", ("E-Mail", "nur Post", "E-Mail")),
    "Sperrkennzeichen": Case("Sperrkennzeichen", ("0", "3", "0")),
    "Customer Group": Case("Customer Group", ("Retail", "No marketing", "Wholesale")),
    # Notes of people, and codes
    "Adnotacje handlowca": Case("Adnotacje handlowca", ("dzwonić po 16", '"klient prosi, żeby mu nic nie wysyłać"', '""')),
    "Memo": Case("Memo", ("Stammkunde", "will nichts mehr von uns hören", '""')),
    "Comments": Case("Comments", ("met at expo", "please take him off our lists", "likes tea")),
    "Remarks": Case("Remarks", ("vip", "GDPR: right to object exercised 2024-02", '""')),
    "Commentaire": Case("Commentaire", ("bon client", "merci de ne plus lui écrire", '""')),
    "Spanish: Comentario": Case("Comentario", ("feria", "se dio de baja por teléfono", '""')),
    "Italian: Osservazioni": Case("Osservazioni", ("fiera", "ha revocato il consenso", '""')),
    "Portuguese: Observação": Case("Observação", ("feira", "pediu para não receber mais e-mails", '""')),
    "Hungarian: Megjegyzés": Case("Megjegyzés", ("régi ügyfél", '"kérte, hogy ne írjunk neki"', '""')),
    "Finnish: Huomautus": Case("Huomautus", ("messut", "pyysi poistamaan listalta", '""')),
    "Turkish: Not": Case("Not", ("fuarda tanıştık", "mail almak istemiyor", '""')),
    "Greek: Σχόλια": Case("Σχόλια", ("έκθεση", "ζήτησε διαγραφή", '""')),
    "Hebrew: הערות": Case("הערות", ("לקוח ותיק", "ביקשה להסיר אותה מהרשימה", '""')),
    "Japanese: 備考": Case("備考", ("展示会", "メール送らないでほしいとのこと", '""')),
    "Arabic: ملاحظات": Case("ملاحظات", ("عميل قديم", "طلبت عدم إرسال رسائل", '""')),
    "Vietnamese: Ghi chú": Case("Ghi chú", ("khách cũ", "yêu cầu không gửi email nữa", '""')),
    "Thai: หมายเหตุ": Case("หมายเหตุ", ("ลูกค้าเก่า", "ขอไม่ให้ส่งอีเมลอีก", '""')),
    "Korean: 메모": Case("메모", ("전시회", "메일 보내지 말아달라고 함", '""')),
    "Russian: Примечание": Case("Примечание", ("выставка", "больше не писать", '""')),
    "Swedish: Kommentar": Case("Kommentar", ("mässa", "har tackat nej till mejl", '""')),
    "Danish: Bemærkning": Case("Bemærkning", ("messe", "ønsker ikke flere mails", '""')),
    "Dutch: Notitie": Case("Notitie", ("beurs", "wil niet meer gemaild worden", '""')),
    "Czech: Komentář": Case("Komentář", ("veletrh", "už nic neposílat", '""')),
    "Romanian: Note": Case("Note", ("targ", "a cerut stergerea din lista", '""')),
    "Communication Preference": Case("Communication Preference", ("All", "None", "All")),
    "Email Permission Status": Case("Email Permission Status", ("Explicit", "Removed", "Implied")),
    "Product news": Case("Weekly digest,Product news", ("on,on", "off,off", "on,off")),
    "Please don't contact me about offers": Case("Please don't contact me about offers", ("No", "Yes", "No")),
    "Tick here if you would prefer not to hear from us": Case("Tick here if you would prefer not to hear from us", ('""', "✓", '""')),
    "Interesse am Newsletter": Case("Interesse am Newsletter", ("vorhanden", "nicht vorhanden", "vorhanden")),
    "DOI confirmed": Case("DOI sent,DOI confirmed", ("2024-01-01,2024-01-01", "2024-01-01,", "2024-01-03,2024-01-05")),
    "Data potwierdzenia": Case("Data zapisu,Data potwierdzenia", ("2024-01-01,2024-01-01", "2024-01-01,", "2024-01-03,2024-01-05")),
    "Inscription confirmée": Case("Inscription confirmée", ("Oui", "Non", "Oui")),
    "Estado de suscripción": Case("Estado de suscripción", ("Suscrito", "No suscrito", "Suscrito")),
    "Newsletter": Case("Newsletter", ("Yes", "Nein", "Oui")),
    "Opt-In (1=ja, 2=nein)": Case('"Opt-In (1=ja, 2=nein)"', ("1", "2", "1")),
    "EMAIL_PERM": Case("EMAIL_PERM", ("A", "D", "A")),
    "Greek: Συγκατάθεση email": Case("Συγκατάθεση SMS,Συγκατάθεση email", ("Όχι,Ναι", "Ναι,Όχι", "Ναι,Ναι")),
    "Turkish: Mail izni": Case("SMS izni,Mail izni", ("Hayır,Evet", "Evet,Hayır", "Evet,Evet")),
    "Hungarian: Hírlevél (I/N)": Case("Hírlevél (I/N)", ("I", "N", "I")),
    "Finnish: Uutiskirje (K/E)": Case("Uutiskirje (K/E)", ("K", "E", "K")),
    "Russian: Рассылка": Case("Рассылка", ("+", "-", "+")),
    "Newsletter cancelled on": Case("Newsletter cancelled on", ('""', "12/05/2023 14:22 CET", '""')),
    "unsubscribedAt": Case("unsubscribedAt", ('""', "1684152000000", '""')),
    "opted_out_at": Case("opted_out_at", ("null", "2024-03-01T10:00:00.000+09:00", "null")),
    "gdpr": Case("gdpr", ('"{""consents"":[{""purpose"":""marketing"",""granted"":true}]}"', '"{""consents"":[{""purpose"":""marketing"",""granted"":false}]}"', '"{""consents"":[{""purpose"":""marketing"",""granted"":true}]}"')),
    "Contact channels": Case("Contact channels", ("email:yes|sms:no", "email:no|sms:yes", "email:yes|sms:yes")),
    "Etykiety": Case("Etykiety", ("vip", '"vip, wypisany"', "targi")),
    "タグ": Case("タグ", ("VIP", "配信停止", "VIP")),
    "Groups": Case("Groups", ("Customers", '"Customers, Unsubscribes"', "Leads")),
    "Status / Consent": Case("Status / Consent", ("active / yes", "active / no", "active / yes")),
    "Flags": Case("Flags", ("C", '"C,DNM"', '""')),
    "Under 16 - no mailing": Case("Under 16 - no mailing", ("0", "1", "0")),
    "Indonesian: Persetujuan pemasaran": Case("Persetujuan pemasaran", ("Setuju", "Tidak setuju", "Setuju")),
    "Vietnamese: Cho phép gửi email": Case("Cho phép gửi email", ("Có", "Không", "Có")),
    "Thai: ความยินยอมการตลาด": Case("ความยินยอมการตลาด", ("ให้ความยินยอม", "ไม่ให้ความยินยอม", "ให้ความยินยอม")),
    "Arabic: الموافقة على التسويق": Case("الموافقة على التسويق", ("نعم", "لا", "نعم")),
    "Hebrew: אישור שיווק": Case("אישור שיווק", ("יש", "אין", "יש")),
    "Georgian: სტატუსი": Case("სტატუსი", ("აქტიური", "გაუქმებული", "აქტიური")),
    "स्थिति": Case("स्थिति", ("सक्रिय", "निष्क्रिय", "सक्रिय")),
    "Съгласие за маркетинг": Case("Съгласие за маркетинг", ("Да", "Оттеглено", "Да")),
    "Pretplata": Case("Pretplata", ("aktivna", "otkazana", "aktivna")),
    "Ukrainian: Примітка": Case("Примітка", ("виставка", "просив більше не надсилати листи", '""')),
    "Lithuanian: Pastabos": Case("Pastabos", ("paroda", "prašė nebesiųsti laiškų", '""')),
    "Latvian: Piezīmes": Case("Piezīmes", ("izstāde", "lūdza vairs nesūtīt vēstules", '""')),
    "Estonian: Märkused": Case("Märkused", ("mess", "palus mitte kirju saata", '""')),
}  # fmt: skip


def read(case: Case, given: dict[str, str] | None = None, *, vouched: bool) -> Judged:
    lines = [f"Email,{case.header}"]
    lines += [f"{name}@example.com,{row}" for name, row in zip("abc", case.rows, strict=False)]
    return judged(RowsSource(list(csv.reader(lines)), name="people"), given, vouched=vouched)


def refused(case: Case) -> set[str]:
    return {f"{name}@example.com" for name in case.refused.split()}


@pytest.mark.parametrize("name", CASES)
def test_nobody_who_said_no_is_imported_unasked(name: str) -> None:
    case = CASES[name]
    for vouched in (False, True):
        found = read(case, vouched=vouched)
        assert found.questions or not refused(case) & found.people.keys()


@pytest.mark.parametrize("name", CASES)
def test_nobody_who_said_no_is_imported_with_the_first_answers(name: str) -> None:
    case, given = CASES[name], dict[str, str]()
    found = read(case, vouched=True)
    for question in found.questions:
        column, _, field = question.map[0].rpartition("=")
        given[column] = field
    found = read(case, given, vouched=True)
    assert found.questions or not refused(case) & found.people.keys()


def test_a_list_of_refusals_is_no_double_negation() -> None:
    case = Case("Not active or unsubscribed", ("No", "Yes"))
    [question] = read(case, vouched=True).questions
    assert question.taken_for == "opt_out"


def test_who_has_agreed_is_asked_with_the_columns() -> None:
    questions = read(CASES["Indonesian"], vouched=False).questions
    assert [question.taken_for for question in questions] == ["consent", "vouch"]
    assert "Unless" in questions[-1].why


def test_ordinary_columns_ask_nothing_beside_one_of_consent() -> None:
    columns = {
        "State / Region": ["NY", "", ""],
        "Stage": ["New", "Won", "Lost"],
        "Şehir": ["İzmir", "Bursa", ""],
        "会社名": ["A社", "", "A社"],
        "Должность": ["директор", "", "менеджер"],
        "Newsletter": ["yes", "no", "yes"],
    }
    rows = [
        [f"p{at}@example.com", *(cells[at % 3] for cells in columns.values())] for at in range(90)
    ]
    found = judged(RowsSource([["Email", *columns], *rows], name="people"))
    assert found.questions == ()
    assert len(found.people) == 60
