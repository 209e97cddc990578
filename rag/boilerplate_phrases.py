"""The fixed phrases of web pages: lines that say nothing but these are no part of a story.

All in lower case, without surrounding punctuation, with straight apostrophes.
"""

from __future__ import annotations


def _phrases(text: str) -> frozenset[str]:
    return frozenset(phrase.strip() for line in text.splitlines() for phrase in line.split("|"))


# A line alone that is one of these is boilerplate wherever it stands.
ALONE = _phrases(
    """advertisement|advertisements|advertising|sponsored|sponsored content|paid content
    story continues below advertisement|article continues below advertisement
    story continues below|story continues after advertisement|article continues after ad
    continue reading below|scroll to continue|scroll down to continue
    advertisement - scroll to continue|anzeige|werbung|publicité|publicidad|pubblicità
    publicidade|advertentie|annons|reklama|реклама|広告|إعلان|פרסומת
    read more|read more here|read the full story|read full story|read next|keep reading
    continue reading|continue reading the main story|learn more|click here|see more|show more
    related|related articles|related article|related stories|related story|related content
    related topics|related coverage|related links|related posts|related news
    more on this story|more on this topic|more from this section|recommended stories
    recommended for you|you may also like|you might also like|also read|see also|don't miss
    most read|most popular|most viewed|trending now|trending stories|editor's picks
    editors' picks|what to read next|latest stories|up next|now playing
    lire aussi|à lire aussi|lire la suite|weiterlesen|mehr zum thema|lesen sie auch
    auch interessant|leer más|lee también|lea también|te puede interesar|leia mais|leia também
    leggi anche|leggi tutto|читайте также|подробнее|lees ook|lees meer|läs också|läs mer
    przeczytaj też|قراءة المزيد|اقرأ أيضا|קרא עוד|続きを読む|関連記事|阅读更多|相关文章
    share|share this|share this article|share this story|share this post|share article
    share story|share this page|share this with|share on|share via|copy link|copy this link
    link copied|partager|teilen|compartir|condividi|compartilhar|поделиться|udostępnij
    subscribe|subscribe now|subscribe today|subscribe here|become a subscriber|sign up
    sign up here|sign up now|sign up today|sign in|log in|log in or sign up|newsletter
    newsletters|sign up for our newsletter|join our mailing list|abonnieren|s'abonner
    suscríbete|iscriviti|follow us|follow us on|follow us on social media|connect with us
    find us on|leave a comment|leave a reply|post a comment|add a comment|write a comment
    join the conversation|join the discussion|view comments|show comments|hide comments
    read comments|load comments|view all comments|comments are closed|comments closed
    comments off|no comments|no comments yet|comments|kommentare|commentaires|comentarios
    commenti|комментарии|skip to content|skip to main content|skip to navigation
    skip navigation|jump to content|back to top|go to top|return to top|toggle navigation
    main menu|open menu|close menu|previous article|next article|previous post|next post
    back to home|back to homepage|listen to this article|listen to article
    listen to this story|print this article|print this page|email this article
    email this story|send to a friend|save this article|download our app|play video
    watch video|view gallery|open gallery|view in gallery|enlarge image|hide caption
    toggle caption|show caption|image caption|accept all cookies|accept cookies|reject all
    accept all|manage cookies|cookie settings|cookie policy|cookie preferences|cookie notice
    privacy policy|terms of use|terms of service|terms and conditions|all rights reserved
    alle rechte vorbehalten|tous droits réservés|todos los derechos reservados
    tutti i diritti riservati|todos os direitos reservados|все права защищены"""
)

# Could be an item of a list in a story; boilerplate only in a run or row of its like.
NAVIGATION = _phrases(
    """home|homepage|menu|search|news|latest|latest news|top stories|world|politics|business
    economy|markets|money|finance|technology|tech|science|health|sport|sports|culture|arts
    entertainment|lifestyle|style|travel|food|opinion|opinions|editorial|video|videos|photos
    podcasts|weather|local|national|international|live|more|contact|contact us|about|about us
    help|faq|careers|jobs|advertise|advertise with us|terms|privacy|cookies|accessibility
    site map|sitemap|login|register|my account|account|e-paper|archive|archives|rss|app
    facebook|twitter|x|instagram|linkedin|whatsapp|youtube|pinterest|reddit|telegram|tiktok
    email|e-mail|print|save|tweet|close|startseite|politik|wirtschaft|kultur|meinung
    impressum|datenschutz|kontakt|accueil|politique|économie|monde|contactez-nous
    inicio|política|economía|mundo|deportes|cultura|opinión|contacto|esporte|economia
    главная|новости|политика|экономика|мир|спорт|контакты"""
)
# Of these a page's own menu has at least one, and a list in a story hardly any.
NAVIGATION_ONLY = _phrases(
    """home|homepage|menu|search|latest news|contact us|about us|faq|advertise|login|register
    advertise with us|terms|privacy|accessibility|site map|sitemap|my account|e-paper|rss
    tweet|print|startseite|impressum|datenschutz|accueil|contactez-nous|inicio|главная"""
)

# Photo agencies whose name alone on a line is a credit.
AGENCIES = _phrases(
    """ap|ap photo|ap images|the associated press|associated press|reuters|afp|afp photo|epa
    getty|getty images|gettyimages|epa-efe|pa wire|pa images|pa media|dpa|shutterstock|istock
    istockphoto|alamy|alamy stock photo|zuma press|anadolu agency|nurphoto|imago images
    picture alliance|ritzau scanpix|scanpix|kyodo news|wikimedia commons|adobe stock
    file photo"""
)
# More that close a credit of several parts, "Ana Lima/Bloomberg", but alone may be a story's own.
CREDITED = AGENCIES | _phrases(
    """bloomberg|corbis|pa|efe|upi|ansa|apa|keystone|imago|tass|belga|anp|xinhua|kyodo|jiji
    yonhap|pti|ians|unsplash|pexels|pixabay|handout|pool|file"""
)
