"""The closed word classes that linking looks at: pronouns, titles, nouns for people, bodies and published things.

Nothing comes in; sets and maps of lower-case words go out. Words of one language (English) and of no single case.
"""

from __future__ import annotations

from typing import Final


def words(text: str) -> frozenset[str]:
    """The words of a line as a set."""
    return frozenset(text.split())


HE: Final = words("he him his himself")
SHE: Final = words("she her hers herself")
IT: Final = words("it its itself")
THEY: Final = words("they them their theirs themselves")
FIRST: Final = words("i me my mine myself we us our ours ourselves")
SECOND: Final = words("you your yours yourself yourselves")
RELATIVE: Final = words("who whom whose which that")
DEMONSTRATIVE: Final = words("this these those")
PRONOUNS: Final = HE | SHE | IT | THEY | FIRST | SECOND | RELATIVE | DEMONSTRATIVE

# Whoever it may be: nobody's name.
INDEFINITE: Final = words("anyone anybody someone somebody everyone everybody whoever one")

OFFICES: Final = words(
    "judge justice mayor governor sheriff coroner senator congressman congresswoman prosecutor narrator moderator"
)
WORDING: Final = words("words lyrics text verses lines pages headline title refrain")
ISSUED: Final = words("report statement document letter poll")  # media that speak for whoever issued them

# Titles stand before a name and are no part of it.
TITLES: Final = words(
    "mr mrs ms miss dr prof professor sir lord lady dame sen sens senator senators rep reps representative del "
    "delegate gov governor president vice-president vice chairman chairwoman chair chancellor premier prime minister "
    "ministers foreign secretary undersecretary judge justice chief attorney general gen lt col maj capt captain sgt "
    "adm admiral commander officer sheriff mayor king queen prince princess pope cardinal archbishop bishop rev "
    "reverend rabbi imam sheikh shaykh ayatollah emir ambassador director speaker majority minority leader deputy "
    "former ex-president first former-president congressman congresswoman councilman councilwoman spokesman "
    "spokeswoman spokesperson coach manager democrat democratic republican labour conservative author economist "
    "analyst historian journalist host mp mep msp commissioner comptroller treasurer detective inspector major colonel "
    "lieutenant sergeant hon baroness baron duchess duke countess viscount special envoy rapporteur high advocate cfo coo "
    "cto ceo"
)
MALE_TITLES: Final = words("mr sir lord king prince baron duke viscount")
FEMALE_TITLES: Final = words("mrs ms miss dame lady queen princess baroness duchess countess")
PERSONAL: Final = words(
    "mr mrs ms miss dr prof professor sir lady dame sen sens senator rep reps gov governor justice judge mayor gen sgt capt "
    "col lt sheikh imam pope cardinal bishop rev rabbi congressman congresswoman spokesman spokeswoman"
)  # only people have these

ARTICLES: Final = words("the a an")
DETERMINERS: Final = ARTICLES | words(
    "this that these those his her its their our my your some many several most few all both any each every another "
    "other no one two three four five six seven eight nine ten dozens hundreds thousands numerous various certain"
)
PLURAL_DETERMINERS: Final = words(
    "these those some many several most few all both two three four five six seven eight nine ten dozens hundreds "
    "thousands numerous various other"
)

# Words that begin sentences with a capital and are no names.
FUNCTION_WORDS: Final = (
    PRONOUNS
    | DETERMINERS
    | words(
        "and or but nor so yet if when while as at by for from in into of on onto off over under up down out to with "
        "without within after before since until till during through throughout between among against about above "
        "across along around behind below beneath beside besides beyond despite except like near per than toward "
        "towards upon via not no yes is are was were be been being am do does did have has had having will would "
        "shall should can could may might must there here where why how what whatever whether however moreover "
        "meanwhile nevertheless nonetheless therefore thus then now today yesterday tomorrow still also even just "
        "only ever never often sometimes perhaps maybe indeed instead rather again already almost although though "
        "because unless once according asked later earlier recently last next finally first second third such more "
        "less much very too well please let it's that's there's he's she's i'm i've we've we're they're don't "
        "unlike follow doesn't didn't can't won't isn't aren't wasn't weren't what's who's you're breaking related "
        "both either neither none nobody everyone everybody someone somebody anyone anybody everything something "
        "hi hello hey dear thanks thank welcome sorry okay ok yeah oh goodbye bye "
        "nothing anything which whose whom asking given asserting speaking citing adding noting note update updated"
    )
)

PERSON_NOUNS: Final = words(
    "man woman person senator congressman congresswoman representative president governor mayor minister premier "
    "chancellor secretary candidate nominee rival opponent front-runner frontrunner standard-bearer billionaire "
    "businessman businesswoman mogul tycoon magnate lawyer attorney prosecutor judge justice professor economist "
    "analyst expert consultant strategist adviser advisor aide spokesman spokeswoman spokesperson official officer "
    "leader chairman chairwoman chair chief director executive ceo founder owner manager coach player captain fighter "
    "soldier general commander actor actress singer artist author writer reporter journalist columnist host anchor "
    "moderator narrator speaker presenter commentator pollster doctor physician surgeon nurse scientist researcher "
    "historian teacher student mother father wife husband son daughter brother sister widow widower boss critic "
    "supporter witness victim suspect defendant plaintiff resident worker veteran activist democrat republican "
    "lawmaker legislator politician congressman diplomat envoy ambassador head counsel deputy dictator king queen "
    "prince princess pope bishop priest pastor imam cleric preacher monk star celebrity comedian real-estate heir "
    "first-lady striker goalkeeper midfielder defender winger trainer detective sheriff coroner shopkeeper farmer "
    "fisherman union-leader organizer organiser docker captain pilot driver engineer biologist chemist physicist "
    "astronomer geologist climatologist virologist epidemiologist investor trader banker broker regulator "
    "mate ex-wife ex-husband vice-president vice-presidential incumbent challenger newcomer insider source "
    "whistleblower contractor employee relative guide mp mep msp "
    "developer entrepreneur youth teenager girl boy guy lady gentleman advocate neurosurgeon operative"
)
FEMALE_NOUNS: Final = words(
    "woman mother wife daughter sister widow actress congresswoman businesswoman chairwoman spokeswoman queen princess "
    "girl lady first-lady ex-wife councilwoman grandmother aunt nun"
)
MALE_NOUNS: Final = words(
    "man father husband son brother widower congressman businessman chairman spokesman king prince boy guy gentleman "
    "councilman ex-husband pope priest imam fisherman grandfather uncle monk"
)

KIN: Final = words("wife husband ex-wife ex-husband widow widower son daughter brother sister mother father spouse")

BODY_NOUNS: Final = words(
    "agency administration government ministry department bureau office commission committee panel board council "
    "court tribunal party campaign group organization organisation company firm corporation bank union association "
    "federation league club team university college school institute institution center centre foundation think-tank "
    "charity hospital church mosque army navy force forces police military militia movement regime kingdom country "
    "nation state city county village authority regulator parliament congress senate house assembly legislature "
    "cabinet coalition alliance bloc startup start-up retailer airline carmaker automaker manufacturer maker operator "
    "broadcaster watchdog body delegation embassy consulate secretariat fund exchange brigade battalion network "
    "division branch chapter lobby syndicate consortium cooperative band faction wing trust service pac"
)
# In the names of bodies: "Lakeside Herald", "Tarn Holdings".
BODY_WORDS: Final = BODY_NOUNS | words(
    "inc corp co ltd llc plc gmbh news times post tribune herald gazette journal university college institute "
    "council foundation committee commission department ministry agency bureau office party conference fund trust "
    "society affairs services systems international national holdings partners industries airlines motors bank "
    "reserve guard pictures television records studios campaign pac research center centre project initiative "
    "democrats republicans review magazine press media network radio tv monitor observatory front state states "
    "nations street"
)
OUTLET_NOUNS: Final = words(
    "newspaper paper magazine weekly daily outlet network channel broadcaster station agency site website blog journal "
    "publication tabloid broadsheet newswire wire periodical show program programme podcast newsletter"
)
# The last word of a paper's name.
PAPERS: Final = words(
    "times post journal telegraph guardian mail express mirror star sun sun-times herald tribune gazette observer news "
    "sentinel examiner chronicle courier globe inquirer ledger star-ledger"
)
GROUP_NOUNS: Final = words(
    "officials experts analysts critics supporters voters democrats republicans lawmakers senators aides advisers "
    "advisors people americans men women residents workers employees investigators prosecutors lawyers attorneys "
    "researchers scientists economists doctors physicians officers soldiers fighters militants protesters activists "
    "leaders members families relatives witnesses students teachers parents opponents proponents advocates observers "
    "reporters journalists investors executives developers republicans conservatives liberals pundits pollsters "
    "strategists millennials police others some many sources allies rivals fans players historians diplomats "
    "representatives spokesmen dockers unions groups companies banks countries states governments authorities "
    "believers unbelievers infidels polytheists apostates heretics muslims christians jews hindus buddhists deserters "
    "defectors traitors followers recruits rebels insurgents jihadists terrorists gunmen militiamen hostages prisoners "
    "detainees inmates refugees migrants immigrants civilians citizens villagers inhabitants townspeople survivors "
    "mps meps msps "
    "children kids youths girls boys adults elders brothers sisters comrades colleagues neighbors neighbours friends "
    "enemies foes troops generals commanders judges jurors politicians ministers mayors governors delegates candidates "
    "nominees donors taxpayers consumers customers clients patients users farmers miners fishermen nurses professors "
    "scholars engineers clerics imams priests bishops owners landlords tenants shareholders regulators bankers traders"
)

# Texts that are quoted like persons and are none: nobody's "they".
SCRIPTURES: Final = words(
    "quran koran qur’an qur'an bible torah talmud gospel sunnah hadith sharia shari’a constitution"
)

# Nouns for published things and the medium that each stands for (DESIGN section 5).
MEDIUM_OF: Final[dict[str, str]] = {
    noun: medium
    for medium, nouns in {
        "interview": "interview interviews sit-down q&a",
        "broadcast": "broadcast show podcast telecast newscast town-hall radio television",
        "article": (
            "article articles op-ed oped column essay story dispatch blog-post profile expose exposé feature review "
            "piece newspaper newspapers paper journal"
        ),
        "report": "report reports study studies analysis analyses survey-report audit findings research assessment "
        "investigation whitepaper white-paper fact-check bulletin",
        "book": "book books memoir memoirs autobiography biography novel",
        "video": "video videos clip clips footage documentary film",
        "audio": "audio recording recordings tape tapes voicemail",
        "song": "song songs nasheed nasheeds anthem hymn chant",
        "social-post": "tweet tweets tweetstorm retweet facebook-post instagram-post post posts",
        "statement": "statement statements communique communiqué release press-release communiques declaration",
        "speech": "speech speeches address remarks rally sermon lecture keynote toast",
        "testimony": "testimony deposition hearing hearings affidavit",
        "letter": "letter letters email emails e-mail e-mails missive memo-letter note-letter",
        "document": (
            "document documents memo memos memorandum transcript transcripts returns records data statistics website "
            "manifesto charter treaty filings disclosure disclosures"
        ),
        "poll": "poll polls survey surveys polling",
        "press-conference": "press-conference briefing briefings",
        "court-filing": (
            "complaint lawsuit suit filing submission submissions brief motion ruling indictment petition injunction "
            "decision-paper verdict opinion "
            "affidavits papers"
        ),
        "editorial": "editorial editorials leader-article commentary commentaries",
        "magazine": "magazine weekly issue periodical",
        "other": "debate debates ad ads advertisement commercial poster leaflet pamphlet cartoon",
    }.items()
    for noun in nouns.split()
}

# Media that keep the speaker's own words: no mouth stands between (DESIGN section 2, depth).
RECORDINGS: Final = words(
    "interview broadcast video audio song social-post statement speech testimony letter press-conference court-filing "
    "editorial book magazine other"
)

# Outlets that a text names without saying what they are.
KNOWN_OUTLETS: Final[dict[str, str]] = {
    name: medium
    for medium, names in {
        "broadcast": (
            "abc|abc news|nbc|nbc news|cbs|cbs news|cnn|msnbc|cnbc|fox|fox news|fox business|pbs|npr|bbc|bbc news|"
            "c-span|sky news|al jazeera|al-jazeera|itv|channel 4|univision|telemundo|bloomberg tv|hbo|newsmax|meet the press|"
            "face the nation|morning joe|fox and friends|fox & friends|good morning america|60 minutes|newsnight"
        ),
        "article": (
            "new york times|the times|washington post|wall street journal|los angeles times|usa today|boston globe|"
            "chicago tribune|miami herald|guardian|daily telegraph|daily mail|financial times|economist|le monde|"
            "der spiegel|reuters|associated press|ap|afp|agence france-presse|bloomberg|politico|huffington post|"
            "buzzfeed|vox|breitbart|national review|yahoo news|slate|the hill|the atlantic|new yorker|time|newsweek|"
            "vanity fair|rolling stone|people magazine|cosmopolitan|new york post|daily news|new york daily news|"
            "daily beast|daily caller|axios|propublica|mother jones|weekly standard|dpa|xinhua|tass|ria novosti|"
            "haaretz|jerusalem post|der standard|el pais|asahi shimbun|south china morning post|the intercept|quartz|"
            "variety|washington examiner|huffpo|huffpost|western journalism|the federalist|"
            "business insider|forbes|fortune|zero hedge|real clear politics|fivethirtyeight"
        ),
        "social-post": "twitter|facebook|instagram|telegram|youtube|snapchat|reddit|tiktok|truth social|whatsapp",
    }.items()
    for name in names.split("|")
}

# borne by women and men: they tell neither
_EITHER: Final = words(
    "robin kim jean andrea jordan leslie lindsey kelly lynn ariel alexis nikki dana cameron jesse jaime tracy noor lee terry "
    "angel"
)
FEMALE_NAMES: Final = (
    words(
        "hillary ivanka melania michelle elizabeth mary anna anne ann jane jean joan julia julie karen katherine kathleen "
        "kate katie kelly kellyanne kim kimberly kirsten laura lauren linda lisa lily loretta louise lucy lynn madeleine "
        "margaret maria marie marilyn martha megan melissa michele monica nancy natalie nicole olivia pamela patricia "
        "patty paula rachel rebecca robin rosa rose ruth samantha sandra sara sarah sharon shirley sonia sophia stephanie "
        "susan suzanne tammy teresa terry theresa tiffany tina valerie vanessa veronica victoria virginia wendy alice "
        "alicia amanda amy andrea angela angelina barbara betty brenda carla carly carol caroline catherine cecilia "
        "charlotte cheryl christina christine cindy claire claudia cynthia debbie deborah debra denise diana diane donna "
        "dorothy eleanor ellen emily emma erica eva evelyn fatima frances gabrielle gennifer gina gloria grace greta "
        "hannah heather helen heidi holly huma irene isabel ivana jacqueline janet janice jennifer jenna jessica jill "
        "joanna josephine joyce judith judy ayesha aisha amina leila layla mariam noor zainab khadija yasmin nadia olga "
        "natasha svetlana tatiana irina ingrid astrid katja sabine ursula angele francoise sylvie giulia chiara lucia "
        "carmen dolores pilar ines mei ling yuki keiko akiko priya indira sunita kamala condoleezza oprah alicia ava wanda "
        "phyllis peggy tulsi stacey nikki kristi jeanne jeannette sheila debbie maxine nita rosie ilana abby alexandra "
        "lena maya mia nina nora petra renata rita ruby silvia tara tessa thea vera viola zoe edith esther ethel florence"
    )
    - _EITHER
)
MALE_NAMES: Final = (
    words(
        "donald barack bill joe john james robert michael william david richard joseph thomas charles christopher daniel "
        "matthew anthony mark paul steven andrew kenneth george joshua kevin brian edward ronald timothy jason jeffrey "
        "ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon benjamin samuel gregory frank alexander "
        "raymond patrick jack dennis jerry tyler aaron jose adam nathan henry douglas zachary peter kyle walter ethan "
        "jeremy harold keith christian roger noah gerald carl terrence sean austin arthur lawrence jesse dylan bryan "
        "jordan billy bruce albert willie gabriel logan alan juan wayne roy ralph randy eugene vincent russell elijah "
        "louis bobby philip johnny mike tim tom tony jim jimmy bob rob ron don dan dave ed fred greg jeff ken len matt "
        "nick pat ray rick rudy sam steve ted newt mitt mitch marco bernie chuck harry jeb lester lindsey trey vladimir "
        "mehmet mohammed muhammad ahmed ali hassan hussein omar osama abdullah ibrahim khalid yusuf mustafa bashar saddam "
        "benjamin shimon ariel angel carlos luis miguel pedro pablo jorge fernando javier diego hans jurgen klaus wolfgang "
        "pierre francois jacques jean-claude nicolas emmanuel giovanni marco matteo silvio luigi sergei dmitri boris ivan "
        "igor mikhail nikolai wei xi jin hiroshi kenji shinzo narendra rajiv sanjay arun kofi nelson desmond jacob julian "
        "edmund earl clarence elliott evan felix francis geoffrey glenn graham grant hugh ian irving jay joel karl kurt "
        "lee leon leonard leslie lloyd luke marcus martin max melvin morris neil norman oliver oscar otto owen perry "
        "preston ralph reince rex rodney roland ross rupert ruben saul seth sheldon sidney simon spencer stanley stuart "
        "theodore todd travis trent victor vernon warren wesley willard wilbur xavier zack corey paul alec alex brad brett "
        "cameron chad chris clay cliff clint cody colin craig curtis dale darren dean derek devin doug drew duane dwight "
        "ezra gavin gordon harvey howard jared jaime keith kirk lance levar manuel mario maurice nate rand bo bret cory"
    )
    - _EITHER
)
FIRST_NAMES: Final = FEMALE_NAMES | MALE_NAMES | _EITHER

DATE_WORDS: Final = words(
    "january february march april may june july august september october november december jan feb mar apr aug sept "
    "sep oct nov dec monday tuesday wednesday thursday friday saturday sunday"
)
NATIONS: Final = words(
    "american british russian chinese german french iranian syrian iraqi israeli turkish ukrainian saudi mexican "
    "canadian indian japanese korean european scottish irish dutch swiss swedish norwegian danish palestinian lebanese afghan "
    "pakistani egyptian libyan cuban vietnamese burmese hispanic latino latina african-american asian-american islamist "
    "republican democratic democrat muslim christian jewish islamic sunni "
    "shiite kurdish arab western african asian black white english spanish italian polish internet"
)

# Small words within names ("Bank of the Isles"); in bodies' names these.
JOIN: Final = words("of the and for & de la le du von van der den bin ibn al el da di dos del at in on y")
SOFT_JOIN: Final = words("of the and for & at in on")
