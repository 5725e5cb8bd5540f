//! Names of people in many languages, and their form in e-mail addresses.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::random::Random;

/// The language or region of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Culture {
    Dutch,
    English,
    German,
    Nordic,
    French,
    Spanish,
    Polish,
    Turkish,
    Greek,
    Arabic,
    Hebrew,
    Hindi,
    Chinese,
    Japanese,
    Korean,
    Vietnamese,
    Ukrainian,
    Portuguese,
    Czech,
    Yoruba,
}

/// A name as its owner writes it, and its form in e-mail addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PersonName {
    pub(super) written: String,
    /// The given name, in the form for addresses.
    pub(super) given: String,
    /// The family name, in the form for addresses.
    pub(super) family: String,
}

const ALL: [Culture; 20] = [
    Culture::Dutch,
    Culture::English,
    Culture::German,
    Culture::Nordic,
    Culture::French,
    Culture::Spanish,
    Culture::Polish,
    Culture::Turkish,
    Culture::Greek,
    Culture::Arabic,
    Culture::Hebrew,
    Culture::Hindi,
    Culture::Chinese,
    Culture::Japanese,
    Culture::Korean,
    Culture::Vietnamese,
    Culture::Ukrainian,
    Culture::Portuguese,
    Culture::Czech,
    Culture::Yoruba,
];

impl PersonName {
    /// Returns a random name, more than half of the time from the local culture.
    pub(super) fn random(random: &mut Random, local: Culture) -> Self {
        let culture = if random.chance(620) { local } else { *random.pick(&ALL) };
        let (given, family) = culture.lists();
        let (given, given_latin) = pick_name(random, given);
        let (family, family_latin) = pick_name(random, family);
        let written = match culture {
            Culture::Chinese | Culture::Korean => format!("{family}{given}"),
            Culture::Japanese | Culture::Vietnamese => format!("{family} {given}"),
            _ => format!("{given} {family}"),
        };
        Self { written, given: to_ascii(given_latin), family: to_ascii(family_latin) }
    }
}

/// Picks a name from a list. Returns it as written, and in Latin letters.
fn pick_name<'a>(random: &mut Random, list: &'a str) -> (&'a str, &'a str) {
    let count = list.split(", ").count() as u64;
    let index = usize::try_from(random.below(count)).unwrap_or(0);
    let name = list.split(", ").nth(index).unwrap_or(list);
    name.split_once(':').unwrap_or((name, name))
}

/// Returns the name in lower-case ASCII letters and digits, for e-mail addresses.
fn to_ascii(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for letter in name.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase) {
        match letter {
            'ø' => plain.push('o'),
            'æ' => plain.push_str("ae"),
            'ß' => plain.push_str("ss"),
            'ł' => plain.push('l'),
            'đ' => plain.push('d'),
            'ı' => plain.push('i'),
            letter if letter.is_ascii_alphanumeric() => plain.push(letter),
            _ => {}
        }
    }
    plain
}

impl Culture {
    /// Returns lists of given names and family names. Names in other scripts have a Latin form after a colon.
    #[rustfmt::skip]
    const fn lists(self) -> (&'static str, &'static str) {
        match self {
            Self::Dutch => (
                "Daan, Emma, Sem, Julia, Lucas, Sophie, Levi, Tess, Finn, Lotte, Noah, Fleur, Milan, Roos, Bram, Maud, Thijs, Sanne, Jasper, Femke, Ruben, Anouk, Joris, Zoë, Koen, Isa, Wouter, Mirthe, Gijs, Noor",
                "de Jong, Jansen, de Vries, van den Berg, Bakker, van Dijk, Visser, Smit, Meijer, de Boer, Mulder, de Groot, Bos, Vos, Peters, Hendriks, van Leeuwen, Dekker, Brouwer, de Wit, Dijkstra, Kuipers, Hoekstra, Verhoeven, van der Meer, Postma, Scholten, Hofman",
            ),
            Self::English => (
                "Oliver, Amelia, George, Isla, Harry, Ava, Jack, Charlotte, Noah, Florence, Theodore, Willow, Arthur, Freya, Henry, Grace, Edward, Alice, Rowan, Beatrice, Callum, Imogen, Declan, Saoirse, Owen, Nia",
                "Smith, Jones, Taylor, Brown, Williams, Wilson, Johnson, Davies, Patel, Robinson, Wright, Thompson, Evans, Walker, White, Roberts, Green, Hall, Pemberton, Whitfield, O’Connor, Murphy, MacLeod, Ashworth, Hargreaves, Okafor",
            ),
            Self::German => (
                "Lukas, Hannah, Jonas, Mia, Felix, Lea, Jürgen, Käthe, Björn, Anneliese, Maximilian, Johanna, Matthias, Frieda, Moritz, Greta, Günther, Heike, Tobias, Silke, Emil, Marlene",
                "Müller, Schmidt, Schneider, Fischer, Weber, Wagner, Becker, Schulz, Hoffmann, Schäfer, Koch, Bauer, Richter, Klein, Wolf, Schröder, Neumann, Schwarz, Zimmermann, Braun, Krüger, Groß, Weiß, Jäger",
            ),
            Self::Nordic => (
                "Astrid, Emil, Ingrid, Jesper, Åsa, Søren, Freja, Magnus, Linnéa, Bjørn, Sigrid, Anders, Maja, Øyvind, Elsa, Henrik, Solveig, Kåre, Tuuli, Väinö, Aino, Jón, Guðrún, Þóra",
                "Bergström, Håkansson, Lindqvist, Solberg, Andersson, Johansen, Sørensen, Nilsson, Hansen, Ødegård, Åkesson, Dahl, Virtanen, Mäkinen, Korhonen, Bjørnstad, Lund, Kjær, Strand, Nyström, Eklund, Østergaard",
            ),
            Self::French => (
                "Léa, Hugo, Chloé, Louis, Manon, Gabriel, Inès, Raphaël, Zoé, Jules, Éloïse, Théo, Anaïs, François, Maëlle, Étienne, Camille, Gaëtan, Noémie, Cédric",
                "Martin, Bernard, Dubois, Lefèvre, Moreau, Laurent, Garnier, François, Mercier, Dupont, Lambert, Bonnet, Rousseau, Fontaine, Chevalier, Gauthier, Perrin, Béranger, Lemaître, d’Aubigné",
            ),
            Self::Spanish => (
                "Lucía, Hugo, Sofía, Mateo, Martina, Martín, María, Álvaro, Inés, Iñaki, Begoña, Joaquín, Ximena, Andrés, Núria, Jordi, Paloma, Rubén, Araceli, Óscar",
                "García, Rodríguez, González, Fernández, López, Martínez, Sánchez, Pérez, Gómez, Martín, Jiménez, Ruiz, Hernández, Díaz, Muñoz, Álvarez, Romero, Ibáñez, Núñez, Peña",
            ),
            Self::Polish => (
                "Zofia, Jan, Zuzanna, Antoni, Małgorzata, Łukasz, Agnieszka, Stanisław, Katarzyna, Paweł, Bożena, Wojciech, Grażyna, Michał, Elżbieta, Jędrzej",
                "Nowak, Kowalska, Wiśniewski, Wójcik, Kamińska, Lewandowski, Zielińska, Szymański, Woźniak, Dąbrowski, Kozłowska, Jabłoński, Król, Łuczak, Święcicki, Żak",
            ),
            Self::Turkish => (
                "Işıl, Deniz, Çağrı, Ayşe, Emre, Zeynep, Kerem, Şebnem, Barış, Ilgın, Oğuz, Gülşen, Yiğit, Pınar, Tarık, Ceyda, Ümit, Nazlı",
                "Yılmaz, Kaya, Demir, Çelik, Şahin, Yıldız, Yıldırım, Öztürk, Aydın, Özdemir, Arslan, Doğan, Kılıç, Aslan, Çetin, Kara, Koç, Işık",
            ),
            Self::Greek => (
                "Γιώργος:giorgos, Μαρία:maria, Νίκος:nikos, Ελένη:eleni, Δημήτρης:dimitris, Κατερίνα:katerina, Κώστας:kostas, Σοφία:sofia, Αλέξανδρος:alexandros, Ιωάννα:ioanna, Θανάσης:thanasis, Χρύσα:chrysa",
                "Παπαδόπουλος:papadopoulos, Βλάχος:vlachos, Αγγελόπουλος:angelopoulos, Νικολαΐδης:nikolaidis, Γεωργίου:georgiou, Δημητρίου:dimitriou, Καραγιάννης:karagiannis, Οικονόμου:oikonomou, Παππάς:pappas, Μακρής:makris",
            ),
            Self::Arabic => (
                "محمد:mohammed, فاطمة:fatima, أحمد:ahmad, مريم:maryam, يوسف:youssef, ليلى:layla, عمر:omar, نور:nour, خالد:khaled, سارة:sara, حسن:hassan, زينب:zainab",
                "العلي:alali, حداد:haddad, خوري:khoury, المصري:almasri, منصور:mansour, الشامي:alshami, نجار:najjar, بيطار:bitar, سليمان:suleiman, درويش:darwish, الخطيب:alkhatib",
            ),
            Self::Hebrew => (
                "נועם:noam, תמר:tamar, איתי:itai, שירה:shira, דוד:david, מיכל:michal, יונתן:yonatan, רות:rut, אורי:uri, נועה:noa",
                "כהן:cohen, לוי:levi, מזרחי:mizrahi, פרץ:peretz, ביטון:biton, אברהם:avraham, פרידמן:friedman, שפירא:shapira, גולן:golan, ברק:barak",
            ),
            Self::Hindi => (
                "आरव:aarav, अनन्या:ananya, विवान:vivaan, दीया:diya, अर्जुन:arjun, प्रिया:priya, रोहन:rohan, कविता:kavita, संजय:sanjay, मीरा:meera, राहुल:rahul, नेहा:neha",
                "शर्मा:sharma, वर्मा:verma, गुप्ता:gupta, सिंह:singh, पटेल:patel, कुमार:kumar, मिश्रा:mishra, जोशी:joshi, अय्यर:iyer, मेहता:mehta, चौधरी:chaudhary",
            ),
            Self::Chinese => (
                "伟:wei, 芳:fang, 秀英:xiuying, 敏:min, 静:jing, 强:qiang, 丽娜:lina, 建国:jianguo, 婷婷:tingting, 浩然:haoran, 子涵:zihan, 雨欣:yuxin, 明轩:mingxuan",
                "王:wang, 李:li, 张:zhang, 刘:liu, 陈:chen, 杨:yang, 赵:zhao, 黄:huang, 周:zhou, 吴:wu, 欧阳:ouyang, 孙:sun, 林:lin",
            ),
            Self::Japanese => (
                "陽翔:haruto, 葵:aoi, 蓮:ren, 結衣:yui, 湊:minato, さくら:sakura, 大翔:hiroto, 美咲:misaki, 健太:kenta, 花子:hanako, ゆうき:yuki, 直人:naoto, 彩香:ayaka",
                "佐藤:sato, 鈴木:suzuki, 高橋:takahashi, 田中:tanaka, 伊藤:ito, 渡辺:watanabe, 山本:yamamoto, 中村:nakamura, 小林:kobayashi, 加藤:kato, 吉田:yoshida, 山田:yamada, 佐々木:sasaki",
            ),
            Self::Korean => (
                "민준:minjun, 서연:seoyeon, 도윤:doyun, 지우:jiwoo, 하준:hajun, 수아:sua, 지호:jiho, 예은:yeeun, 현우:hyunwoo, 유진:yujin, 은지:eunji, 성민:seongmin",
                "김:kim, 이:lee, 박:park, 최:choi, 정:jung, 강:kang, 조:cho, 윤:yoon, 장:jang, 임:lim, 한:han, 오:oh",
            ),
            Self::Vietnamese => (
                "Anh, Bảo, Châu, Dũng, Đức, Hạnh, Hiếu, Hương, Khánh, Lan, Linh, Minh, Ngọc, Phúc, Quỳnh, Thảo, Tuấn, Yến",
                "Nguyễn, Trần, Lê, Phạm, Hoàng, Huỳnh, Phan, Vũ, Võ, Đặng, Bùi, Đỗ, Hồ, Ngô",
            ),
            Self::Ukrainian => (
                "Олександр:oleksandr, Софія:sofiia, Максим:maksym, Анна:anna, Дмитро:dmytro, Марія:mariia, Тарас:taras, Оксана:oksana, Ігор:ihor, Ївга:yivha, Юлія:yuliia, Богдан:bohdan",
                "Шевченко:shevchenko, Коваленко:kovalenko, Бондаренко:bondarenko, Ткаченко:tkachenko, Кравченко:kravchenko, Олійник:oliinyk, Лисенко:lysenko, Мельник:melnyk, Франко:franko, Щербак:shcherbak",
            ),
            Self::Portuguese => (
                "João, Mariana, Tiago, Beatriz, Gonçalo, Inês, Duarte, Leonor, Simão, Conceição, Luísa, Nuno, Fátima, Estêvão",
                "Silva, Santos, Ferreira, Pereira, Oliveira, Costa, Gonçalves, Magalhães, Simões, Araújo, Brandão, Guimarães, Esteves, Leitão",
            ),
            Self::Czech => (
                "Jiří, Tereza, Ondřej, Kateřina, Matěj, Eliška, Vojtěch, Anežka, Tomáš, Barbora, Štěpán, Žofie, Luboš, Zdeňka",
                "Novák, Svobodová, Dvořák, Černá, Procházka, Kučerová, Veselý, Horáková, Němec, Pokorná, Růžička, Říhová, Šťastný, Čech",
            ),
            Self::Yoruba => (
                "Adébáyọ̀, Fọlákẹ́, Olúwaṣeun, Títílayọ̀, Bọ́lá, Ṣadé, Káyọ̀dé, Àbíkẹ́, Ayọ̀délé, Ìyábọ̀",
                "Adéyẹmí, Ọlátúnjí, Akínwándé, Babátúndé, Ṣóyínká, Ògúnlẹ́yẹ, Oyèlárán, Fágbèmí",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_an_ascii_form() {
        for culture in ALL {
            let (given, family) = culture.lists();
            for name in given.split(", ").chain(family.split(", ")) {
                let latin = name.split_once(':').map_or(name, |(_, latin)| latin);
                assert!(!to_ascii(latin).is_empty(), "{name}");
            }
        }
        assert_eq!(to_ascii("Işıl"), "isil");
        assert_eq!(to_ascii("van den Berg"), "vandenberg");
    }

    #[test]
    fn the_same_seed_gives_the_same_name() {
        let name = || PersonName::random(&mut Random::new(7), Culture::Greek);
        assert_eq!(name(), name());
    }
}
