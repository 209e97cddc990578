"""The tables behind ``rag.small_talk``: what people say to a chat that is no question to articles.

Each pattern must match a whole text, so that "thanks" is small talk and "Thanks to whom was the
bridge saved?" is not. Every repetition is bounded.
"""

from __future__ import annotations

# Words around the matter that change nothing: "ok thanks a lot, bot!".
FILLER = (
    r"(?:oh|ah|ok|okay|well|so|and|but|then|please|pls|just|now|really|again|there|here|bot|"
    r"chatbot|"
    r"footnote|friend|mate|dear|everyone|all|everybody|by the way|btw|first|also|anyway|hmm+)"
)

_YOU = r"(?:you|u|footnote|this (?:bot|chat ?bot|chat|assistant|program|tool|app))"
_YOUR = r"(?:your|ur)"
_ARE = r"(?:are|r|is)"
_MINE = r"(?:my|our)"
_STUFF = (
    r"(?:data|questions?|conversations?|chats?|messages?|articles?|documents?|files?|uploads?|"
    r"text|texts|input|queries|query|information|info|private data|personal data)"
)
_COLLECTED = r"(?:articles?|documents?|texts?|files?|stories|news|sources?|news ?papers?|outlets?)"
_HELD = (
    rf"(?:do|does|can|did) {_YOU} (?:have|know|hold|cover|contain|see|read|use|search|index|cite|"
    r"quote|work with|draw on)"
)
_THERE = (
    r"(?:are|is) (?:there(?: in (?:here|total|all))?|indexed|loaded|known to you|in here|"
    r"in (?:the|your|this) (?:index|collection|database|archive|folder))"
)
_HERE = (
    r"(?: (?:in (?:here|total|all|the (?:index|collection|database|archive|folder)|"
    r"your (?:index|collection|database|archive|folder))|altogether|indexed|loaded|right now|"
    r"access to|about))?"
)

GREETING = (
    r"(?:hi+|hello+|hey+|hiya|howdy|greetings|welcome|good (?:morning|afternoon|evening|day)|"
    r"nice to meet you|pleased to meet you|hello world|yo|servus|hallo|moin)"
)
WELLBEING = (
    rf"(?:how {_ARE} (?:you|u)(?: (?:doing|feeling|today|this morning|tonight))*|how do you do|"
    r"how(?:['’]?s| is) it going|how(?:['’]?s| is) (?:life|your day)|what(?:['’]?s| is) up|sup|"
    r"are you (?:ok|okay|well|fine|there|awake|happy|sad|tired|alive)|how do you feel(?: today)?|"
    r"i(?:['’]?m| am) (?:fine|good|well|ok|okay|great)(?: (?:too|thanks|thank you))?)"
)
THANKS = (
    r"(?:(?:many |much )?(?:thanks|thank (?:you|u)|thx|ty|cheers)(?: (?:a (?:lot|bunch|million|"
    r"ton)|"
    r"very much|so much|again|for (?:that|this|the (?:help|answer|info|information)|your (?:help|"
    r"answers?|time)|helping(?: me)?|everything)))*|much appreciated|i appreciate (?:it|that)|"
    r"you(?:['’]?re| are) (?:very |so )?(?:welcome|helpful|great|awesome|the best|kind)|"
    r"no problem|my pleasure|"
    r"(?:that(?:['’]?s| is| was| really)? |this (?:is|was) |it (?:is|was) )?(?:very |really |so |"
    r"quite )?(?:helps?(?: (?:me|a lot))*|helped|helpful|great|good|perfect|nice|cool|awesome|"
    r"excellent|wonderful|interesting|amazing|fantastic|brilliant|lovely|useful|all|enough|"
    r"right|correct|fine)(?: (?:answer|job|work|one|to know|stuff))?|well done|got it|i see|"
    r"understood|ok|okay|oh|hm+|i understand|makes sense|never ?mind|no worries|wow|yes|yep|yeah|"
    r"no|nope|"
    r"sure|alright|all right|sorry|i(?:['’]?m| am) sorry|my (?:bad|mistake)|lol|haha+|ha)"
)
FAREWELL = (
    r"(?:(?:good)?bye+(?: bye)?|good night|see (?:you|ya)(?: (?:later|soon|tomorrow))?|farewell|"
    r"take care|have a (?:nice|good|great) (?:day|evening|night|weekend|one)|that(?:['’]?s| is) all"
    r"(?: for (?:now|today))?|i(?:['’]?m| am) (?:done|leaving)|until next time|ciao|cu)"
)

IDENTITY = (
    rf"(?:(?:who|what) (?:exactly |the hell )?{_ARE} you(?: exactly)?|who am i (?:talking|"
    rf"speaking) "
    rf"(?:to|with)|what(?:['’]?s| is) {_YOUR} name|do you have a name|what (?:is|are) (?:footnote|"
    r"this (?:bot|chat ?bot|chat|assistant|program|tool|app|site|website|page))|"
    r"are you (?:an? )?(?:real |actual )?(?:bot|robot|human|person|machine|ai|a\.i\.|computer|"
    r"computer program|program|man|woman|artificial intelligence|alive|conscious|sentient|"
    r"someone|somebody)(?: or (?:an? )?(?:bot|robot|human|person|machine|ai|computer|program))?|"
    r"(?:tell me|tell us|say something) about yourself|introduce yourself|describe yourself|"
    r"where are you(?: from)?|how old are you|when were you (?:born|made|built|created)|"
    r"who (?:made|built|created|wrote|programmed|developed|owns|designed) "
    r"(?:you|this (?:bot|chat ?bot|chat|tool|app|program)))"
)
ABILITIES = (
    rf"(?:what (?:all )?(?:can|could|do|else can) {_YOU} (?:do|help (?:me |us )?with|answer|offer)"
    rf"(?: for (?:me|us))?|what (?:are|is) {_YOU} (?:good|able|capable|used|useful|meant|made) "
    r"(?:at|for|of|to do|of doing)|how (?:can|could|do) (?:you|u) help(?: (?:me|us))?|"
    r"(?:can|could|would|will) you help(?: (?:me|us))?|i need (?:some )?help|help(?: me)?|"
    r"how (?:do|can|should|would) (?:i|we) (?:use|ask|work with|talk to) (?:you|this (?:bot|chat|"
    r"chat ?bot|tool|app)|questions?)|how do(?:es)? "
    rf"{_YOU} work|how do you (?:find|make|get|know|choose|give|form) (?:your |the |an )?answers?|"
    rf"what (?:should|can|could|may|shall|do) i ask(?: {_YOU})?(?: about)?|what are {_YOUR} "
    r"(?:abilities|capabilities|features|limits|limitations|skills|rules|instructions)|"
    r"what (?:kind|sort|kinds|sorts|type|types) of questions (?:can|could|should|may) (?:i|we) ask"
    rf"(?: {_YOU})?|can i ask {_YOU} (?:something|a question|questions?|anything)|"
    r"i have (?:a|some|another|one more) questions?|(?:can|may) i ask (?:something|a question)|"
    r"(?:do you|can you|can i) (?:speak|understand|ask in|answer in) [a-z]{4,12}|"
    r"are you (?:always right|reliable|trustworthy|accurate|sure|certain)|can (?:i|we) trust you|"
    r"do you (?:ever )?(?:lie|hallucinate|make (?:things|stuff|mistakes)(?: up)?|invent things)|"
    r"test(?:ing)?(?: test(?:ing)?)*|ping)"
)
MODEL = (
    r"(?:(?:which|what) (?:ai |language |kind of |sort of |type of )*(?:models?|llm|ai|software|"
    rf"version|gpt|engine|embedder) {_ARE} (?:you|behind (?:this|you)|used here|"
    r"running here)(?: (?:using|based on|running(?: on)?|built on|powered by))?|"
    rf"(?:which|what) (?:ai |language |kind of |sort of )*(?:models?|llm|ai|software|engine|"
    rf"embedder) (?:do|does) {_YOU} (?:use|run|run on|rely on|have)|(?:what|which) version are "
    r"you|are you (?:based on |using |running |powered by |really |actually )?(?:an? )?"
    r"(?:chat ?gpt|gpt[- ]?[\w.]{0,4}|openai|claude|gemini|llama|mistral|an? llm|a language model|"
    r"a large language model|copilot|siri|alexa|notebook ?lm)|"
    r"what are you (?:based on|built on|running on|powered by|made of)|"
    r"do you use (?:an? |any )?(?:ai|llm|language model|gpt|chat ?gpt|openai|claude|gemini)|"
    r"what(?:['’]?s| is) (?:your|the) (?:model|llm|engine|version|embedder|knowledge cut-?off|"
    r"training data)|what were you trained on|who trained you|how were you trained)"
)
PRIVACY = (
    rf"(?:where (?:do|does|will|is|are|did) {_MINE} {_STUFF} (?:go|end up|land|stored|kept|saved|"
    rf"sent|processed|being (?:sent|stored|kept))|(?:is|are) {_MINE} {_STUFF} (?:safe|private|"
    rf"secure|"
    r"stored|kept|saved|sent(?: anywhere)?|shared|confidential|protected|encrypted|used(?: for "
    rf"training)?)|(?:do|does|can|will) {_YOU} (?:store|save|keep|share|sell|collect|log|record|"
    rf"remember|send|upload|track|use) (?:any of )?{_MINE} {_STUFF}(?: (?:anywhere|to anyone|"
    r"somewhere|for training))?|what (?:happens|do you do) (?:to|with) "
    rf"{_MINE} {_STUFF}|who (?:can |could )?(?:sees?|reads?|gets?|has access to) {_MINE} {_STUFF}|"
    r"are you (?:spying on|tracking|recording|listening to) (?:me|us)|are you "
    r"(?:private|secure|safe|confidential|gdpr[- ]compliant|connected to the internet|online|"
    r"offline|local)|do you (?:call|use|access|need|have access to|search) (?:the )?(?:internet|"
    r"web|network)|can you (?:access|search|browse) (?:the )?(?:internet|web)|"
    r"do you remember (?:me|us|what i (?:said|asked)))"
)
COLLECTION = (
    rf"(?:how many (?:\w{{3,9}} )?{_COLLECTED} {_HELD}{_HERE}|how many articles {_THERE}|"
    rf"(?:which|what)(?: (?:kind|sort)s? of)? (?:news )?{_COLLECTED} {_HELD}{_HERE}|"
    rf"(?:which|what) articles {_THERE}|what {_HELD}(?: (?:in|about))?(?: here)?|"
    r"what(?:['’]?s| is) in (?:here|(?:the|your|this) (?:index|collection)|your (?:database|"
    r"archive|folder))|what (?:topics?|subjects?|themes?|period|dates?|time (?:span|period|range)) "
    rf"(?:do|does|can) {_YOU} (?:cover|know|have|answer)(?: about)?|how (?:big|large|old|recent|"
    r"current|up[- ]to[- ]date|new) (?:is|are) (?:your (?:collection|index|database|archive|"
    r"articles|data|news|knowledge)|(?:the|this) (?:collection|index))|(?:what(?:['’]?s| is)|how "
    r"old "
    r"is|when was|from when is|what date is) (?:the|your) (?:date of (?:the|your) )?(?:newest|"
    r"oldest|"
    r"latest|earliest|most recent|last|first) articles?(?: (?:you have|here|in (?:here|the "
    r"(?:index|"
    r"collection))))?|(?:list|show(?: me)?|give me) (?:all )?(?:your (?:articles|sources|documents|"
    r"outlets)|(?:the|all) articles)|what are your sources|where do you get your (?:information|"
    r"info|"
    r"data|news|answers|facts)(?: from)?|where do your (?:information|answers|articles) come from|"
    r"how up[- ]to[- ]date are you|are you up[- ]to[- ]date)"
)

ABUSE = (
    r"(?:(?:you(?:['’]?re| are)?|u|ur) (?:an? |so |such an? |really |very |just |the |fucking |"
    r"bloody |totally )*(?:stupid|dumb|useless|idiot(?:ic)?|moron|worthless|terrible|awful|bad|"
    r"trash|garbage|suck|wrong|broken|rubbish|crap|annoying|ugly|horrible|pathetic|hopeless|lame|"
    r"liar|lying|worst|stupid (?:bot|machine|program))(?: (?:bot|machine|program|at this))?|"
    r"(?:fuck|screw|damn) (?:you|this|it|off)|shut up|go (?:away|to hell)|i hate (?:you|this)|"
    r"(?:this|that|it)(?: is| was|['’]?s) (?:so |really |very |just |complete )*(?:stupid|dumb|"
    r"useless|"
    r"rubbish|garbage|crap|bullshit|nonsense|wrong|terrible|awful|bad)(?: answer)?|"
    r"(?:stupid|dumb|useless|bad|idiotic|fucking) (?:bot|machine|program|answer)|bullshit|"
    r"wtf|idiot|i (?:love|like) (?:you|this(?: (?:bot|tool|app))?)|(?:will|would) you marry me|"
    r"do you (?:love|like|hate) me)"
)

_THING_MADE = (
    r"(?:poems?|haikus?|limericks?|sonnets?|songs?|rhymes?|raps?|lyrics|jokes?|riddles?|"
    r"(?:short |love |fairy )*(?:story|stories|tales?)|novels?|essays?|speech(?:es)?|letters?|"
    r"e-?mails?|tweets?|posts?|blog ?posts?|press releases?|cover letters?|recipes?|scripts?|code|"
    r"programs?|functions?|class|quer(?:y|ies)|plays?|screenplays?|advertisements?|slogans?|"
    r"headlines?|invoices?|reports?|reviews?|bedtime stor(?:y|ies)|words?|pictures?|images?|"
    r"drawings?|logos?|charts?|diagrams?|tables?|games?)"
)
_LANGUAGE = (
    r"(?:english|german|french|spanish|italian|hebrew|arabic|russian|chinese|mandarin|japanese|"
    r"korean|dutch|polish|turkish|portuguese|swedish|danish|norwegian|finnish|greek|hindi|urdu|"
    r"ukrainian|czech|hungarian|romanian|latin|persian|farsi|vietnamese|thai|klingon)"
)
_ASKING_FOR = (
    r"(?:(?:can|could|would|will) you |i (?:want|would like|need) you to |you (?:must|should|will|"
    r"have to) )?(?:please )?"
)
_ABOUT = r"(?: (?:about|on|for|in|to|of|with|that|which|from|based on|like|where|as) .{1,200})?"
# A request to make something, which no sentence of an article can be. Unlike the others it says
# itself how it goes on: "a poem about the bridge".
COMMAND = (
    rf"(?:{_ASKING_FOR}(?:"
    r"(?:write|compose|draft|create|generate|make|invent|sing|recite|draw|paint)(?: up)? (?:me |"
    r"us )?"
    rf"(?:an?|some|another|one more) (?:\w{{3,12}} ){{0,2}}{_THING_MADE}{_ABOUT}|"
    rf"write (?:me |us )?(?:\w{{3,12}} )?{_THING_MADE}{_ABOUT}|"
    r"(?:tell|give) (?:me |us )?(?:an?|some|another|one more) (?:\w{3,12} ){0,2}(?:jokes?|riddles?|"
    rf"poems?|haikus?|limericks?|rhymes?|songs?|bedtime stor(?:y|ies)|recipes?){_ABOUT}|"
    r"(?:sing|dance)(?: (?:for|to) (?:me|us))?|"
    r"(?:ignore|forget|disregard|override|bypass|drop) (?:about )?(?:(?:all|any|every|of|your|the|"
    r"my|these|those|previous|prior|above|earlier|preceding|system|safety) ){1,5}(?:instructions?|"
    r"rules?|prompts?|guidelines?|guardrails?|restrictions?|orders?|training|articles|messages?|"
    r"context)\b.{0,300}|"
    r"(?:reveal|show|print|repeat|output|display|leak|tell me|give me) (?:me )?(?:your "
    r"(?:(?:system|hidden|secret|initial|original|full) ){0,3}(?:prompt|instructions?|rules|api "
    r"key|"
    r"key|password|configuration)|the (?:(?:system|hidden|initial) ){1,2}(?:prompt|"
    r"instructions?))\b"
    r".{0,200}|"
    r"what(?:['’]?s| is| are) your (?:(?:system|hidden|secret|initial) ){0,2}(?:prompt|"
    r"instructions?|password|api key)|"
    r"(?:pretend|imagine)(?: that| to be)? (?:you(?:['’]?re)?|an?)\b.{0,300}|"
    r"act (?:as (?:if|an?|my|the|though)|like an?) .{1,300}|from now on,? you .{1,300}|"
    r"you are now (?:an? |free|dan\b|in .{1,40} mode).{0,300}|(?:enable|enter|activate) "
    r"(?:developer|dan|debug|admin|god|jailbreak) mode"
    r".{0,100}|"
    rf"translate\b.{{0,200}}?(?:\b(?:in)?to {_LANGUAGE}|\b(?:this|that|it|the (?:article|text|"
    rf"answer|sentence|above)|your (?:last )?answer))(?: (?:in)?to {_LANGUAGE})?|"
    rf"(?:answer|reply|respond|speak|talk|continue)(?: (?:to me|only))? (?:in|like) (?:{_LANGUAGE}|"
    r"an? \w{3,12}|rhymes?|verse|capitals|emojis?)|"
    r"(?:calculate|compute|solve) [\d\s+*/().,x^=-]{3,80}|"
    r"what(?:['’]?s| is) \d{1,12} ?(?:[+*/x-]|plus|minus|times|divided by) ?\d{1,12}|"
    r"(?:let['’]?s )?play (?:a game|chess|hangman)(?: with me)?|"
    r"set (?:a|an) (?:timer|alarm|reminder)(?: .{1,80})?|remind me .{1,80}"
    r"))"
)
