import type { enInApplication } from './en.ts';

export const frInApplication: { readonly [K in keyof typeof enInApplication]: string } = {
  'column.missing': 'Il manque',
  'remedy.usage': 'Corrigez et réessayez.',
  'remedy.integration-not-found':
    'Quelqu’un l’a peut-être supprimée entre-temps ; la liste montre celles qui existent.',
  'remedy.integration-read-only': 'Supprimez-la dans l’application, ou mettez-la en pause ici.',
  'remedy.integration-read-only.update':
    'Réinstallez l’app dans l’application. Un identifiant ou un secret client manquant peut être complété ici.',
  'remedy.integration-incomplete': 'Complétez ce qui manque.',
  'remedy.integration-exists': 'Rien à faire.',
  'remedy.not-a-refresh-token':
    'Copiez le jeton de renouvellement depuis la page OAuth de l’app. Un jeton permanent (xoxb-, xoxp-) de la base de l’application peut être échangé : choisissez Échanger sur sa ligne.',
  'remedy.not-an-access-token':
    'Connectez-vous à OneFlex dans un navigateur, ouvrez ses outils de développement (F12), Application (Firefox : Stockage), Cookies, et copiez la valeur de access_token. Ou laissez faire Jeton : connectez-vous ici.',
  'remedy.already-rotating': 'Rien à échanger. Elle peut être renouvelée sur sa ligne.',
  'remedy.setting-unknown': 'Les réglages qui existent sont dans la liste.',
  'remedy.setting-refused': 'Choisissez une autre valeur.',
  'remedy.file-unwritable.EEXIST':
    'Jeton l’a laissé tel quel : c’est peut-être la clé de secours d’un autre coffre, que personne ne pourrait retrouver. Choisissez un autre nom, ou déplacez d’abord ce fichier.',
  'remedy.home-unusable':
    'Rendez-le modifiable pour vous, faites de la place, ou lancez Jeton avec un autre dossier dans JETON_HOME ; puis réessayez.',
  'remedy.store-corrupt':
    'Il n’y a pas de sauvegarde. Vous pouvez repartir de zéro ; le fichier endommagé est gardé.',
  'remedy.store-corrupt.backup':
    'Mettez la sauvegarde la plus récente à sa place ; le fichier endommagé est gardé.',
  'remedy.store-backup-missing': 'Repartez de zéro ; l’ancien fichier est gardé.',
  'remedy.store-backup-unusable': 'Repartez de zéro ; l’ancien fichier est gardé.',
  'store.loss.replaced.remedy': 'Une telle app est à réinstaller ; donnez ensuite ses nouveaux jetons ici.',
  'remedy.store-in-use': 'Arrêtez d’abord l’autre : un Jeton dans un terminal, ou un passage planifié.',
  'remedy.database-not-connected': 'Connectez-la ici, ou lancez Jeton avec DATABASE_URL défini.',
  'remedy.database-unreachable': 'Vérifiez qu’elle tourne et qu’on l’atteint d’ici, puis réessayez.',
  'remedy.database-unreachable.not-spoken':
    'Vérifiez l’hôte et le port de son URL, et connectez-la à nouveau ; avec sslmode=disable, Jeton se connecte sans TLS.',
  'remedy.database-unreachable.not-postgresql':
    'Vérifiez l’hôte et le port de son URL, et connectez-la à nouveau.',
  'remedy.database-unreachable.authority':
    'Nommez le fichier de son autorité dans l’URL, sslrootcert=/chemin/ca.pem, et connectez-la à nouveau.',
  'remedy.database-unreachable.name':
    'Mettez dans l’URL le nom que porte son certificat, ou sslmode=verify-ca, et connectez-la à nouveau.',
  'remedy.database-refused':
    'Vérifiez l’utilisateur, le mot de passe et les droits, et connectez-la à nouveau.',
  'remedy.database-tables-missing':
    'Vérifiez que c’est la bonne base. D’autres noms de tables se règlent : database.integrationTable et database.userIntegrationTable.',
  'remedy.database-without-slack':
    'Vérifiez que c’est la bonne base, et connectez la bonne. Si c’est elle, ajoutez d’abord l’intégration Slack dans l’application.',
  'remedy.vault-locked':
    'Déverrouillez votre trousseau ; Jeton s’en aperçoit. Si la clé est perdue, donnez ici la clé de secours.',
  'remedy.vault-locked.service-gone':
    'Quittez Jeton et relancez-le : seul un nouveau processus atteint un trousseau qui a redémarré.',
  'remedy.vault-missing':
    'Démarrez un trousseau (GNOME Keyring, KWallet), ou lancez Jeton avec JETON_MASTER_KEY_FILE (un fichier 0600 : openssl rand -base64 32) ; puis réessayez.',
  'remedy.vault-wrong-key': 'Donnez-lui la bonne clé, ou donnez ici la clé de secours.',
  'remedy.vault-exists': 'Rien à faire.',
  'remedy.secret-damaged':
    'Supprimez cette intégration et ajoutez-la à nouveau. Ce dont il fait partie peut aussi être refait : une connexion, la base, le webhook.',
  'remedy.webhook-not-set': 'Définissez-en un dans les réglages.',
  'remedy.webhook-gone': 'Créez-en un nouveau dans les réglages du salon, puis donnez-le ici.',
  'remedy.webhook-unreachable':
    'Vérifiez l’URL et le réseau (HTTPS_PROXY est respecté), et réessayez, ou gardez le webhook sans essai.',
  'remedy.oneflex-not-signed-in': 'Connectez-vous à OneFlex.',
  'remedy.oneflex-not-accepted': 'Renouvelez-le ; si cela ne suffit pas, reconnectez-vous.',
  'remedy.oneflex-busy': 'Réessayez dans quelques minutes, ou arrêtez-le d’abord.',
  'error.target-not-found': 'Il n’y a pas de bot « {name} ».',
  'remedy.target-not-found':
    'Quelqu’un l’a peut-être supprimé entre-temps ; la liste montre ceux qui existent.',
  'error.target-exists': 'Il y a déjà un bot « {name} ».',
  'remedy.target-exists': 'Choisissez un autre nom, ou modifiez le bot {name}.',
  'error.target-invalid': 'Cela ne convient pas ici ; il faut {expected}.',
  'remedy.target-invalid': 'Corrigez et réessayez.',
  'remedy.ssh-too-slow': 'Voyez ce qui l’occupe ; Jeton réessaie tout seul.',
  'remedy.ssh-host-key-unknown':
    'Comparez-la avec ce que dit la machine elle-même (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), puis examinez le bot ici et acceptez la clé.',
  'remedy.ssh-host-key-changed':
    'Soit la machine a été réinstallée, soit une autre répond à sa place. Cherchez laquelle des deux ; si sa propre clé est désormais {fingerprint}, examinez le bot ici et acceptez-la.',
  'remedy.env-file-unwritable':
    'Rien n’a été modifié. Rendez-le modifiable pour vous, ou faites de la place ; puis exportez à nouveau.',
  'remedy.env-file-cut':
    'Rien n’a été modifié. Remettez-le depuis {backup} ou, si c’est voulu, exportez quand même.',
  'remedy.schedule-unsupported-interval': 'Le plus proche possible : {interval}.',
  'remedy.schedule-unavailable':
    'Installez cron (Debian : apt install cron), ou laissez plutôt tourner Jeton.',
  'remedy.machine-unsuitable': 'Installez-le et réessayez.',
  'remedy.internal':
    'Merci de le signaler, avec le journal que Jeton montre. Vos jetons sont restés comme ils étaient.',

  'slack.remedy.chain-dead.local':
    'Réinstallez l’app dans cet espace de travail, puis donnez ici son nouveau jeton de renouvellement.',
  'slack.remedy.misconfigured.local':
    'Comparez l’identifiant et le secret client de l’app avec api.slack.com/apps, et corrigez-les ici.',
  'slack.remedy.internal': 'Rien n’est perdu : Jeton les garde et les écrit à son prochain passage.',
  'slack.fix.fields-missing':
    'L’identifiant et le secret client peuvent être complétés ici. Pour les jetons, réinstallez l’app.',
  'slack.fix.config-broken': 'Réparez la ligne dans l’application.',
  'slack.fix.long-lived-token': 'Échangez-le contre une paire renouvelable (une fois, sans retour).',

  'oneflex.remedy.chain-dead': 'Reconnectez-vous.',
  'oneflex.fix.no-browser':
    'Connectez-vous dans la fenêtre de Jeton ; ou installez Chrome, Edge ou Chromium, et reconnectez-vous. Sans navigateur, collez les jetons.',
  'oneflex.fix.no-sandbox': 'Reconnectez-vous dans votre propre navigateur, ou collez les jetons.',
  'oneflex.fix.profile-occupied': 'Fermez cette fenêtre, puis reconnectez-vous.',

  'sign-in.fix.closed-by-person': 'Recommencez quand vous voulez.',
  'sign-in.fix.timed-out': 'Recommencez quand vous voulez.',
  'sign-in.fix.person-needed': 'Reconnectez-vous.',
  'sign-in.fix.no-browser':
    'Installez Chrome, Edge ou Chromium, ou nommez-en un dans le réglage oneflex.browser. Sans navigateur, connectez-vous dans la fenêtre de Jeton, ou collez les jetons.',
  'sign-in.fix.no-display': 'Connectez-vous sur votre poste ; ici, collez les jetons.',
  'sign-in.fix.no-sandbox':
    'Utilisez votre propre navigateur, ou collez les jetons. Pour la fenêtre de Jeton, installez le .deb au lieu de l’AppImage, ou autorisez les espaces de noms utilisateur (sous Ubuntu, par un profil AppArmor), puis relancez Jeton.',
  'sign-in.fix.launch-failed':
    'Choisissez-en un autre dans le réglage oneflex.browser : chrome, msedge, chromium ou un chemin. Ou connectez-vous dans la fenêtre de Jeton.',
  'sign-in.fix.launch-failed.sandbox': 'Utilisez Jeton avec un compte ordinaire, ou collez les jetons.',
  'sign-in.fix.launch-failed.debugging-disallowed':
    'Choisissez-en un autre dans le réglage oneflex.browser, connectez-vous dans la fenêtre de Jeton, ou collez les jetons.',
  'sign-in.profile-in-use': 'Une connexion est déjà en cours.',
  'sign-in.fix.other-account': 'Connectez-vous au nom de {kept}, ou acceptez le changement.',

  'restart.fix.service-unknown': 'Corrigez le nom du service dans les réglages du bot.',
  'restart.fix.service-ambiguous': 'Nommez le service dans les réglages du bot.',
  'restart.fix.permission-denied':
    'Rejoignez le groupe docker, ou laissez Jeton utiliser sudo, dans les réglages du bot.',
  'restart.fix.compose-file-missing': 'Corrigez le dossier ou le fichier compose dans les réglages du bot.',
  'restart.fix.unreachable': 'Examinez le bot pour voir pourquoi.',
  'restart.fix.cancelled': 'Redémarrez-le quand vous voulez.',
  'restart.fix.exited': 'Lisez ce qu’il dit, réparez, puis redémarrez-le ici.',
  'restart.fix.unhealthy': 'Lisez ce qu’il dit, réparez, puis redémarrez-le ici.',

  'oneflex.paste.again':
    'Il vit environ 15 minutes : rechargez OneFlex dans votre navigateur, copiez de nouveau son cookie access_token, et collez-le aussitôt. Ou laissez faire Jeton : connectez-vous ici.',
  'export.session.no-cookies':
    'session.json n’a pas été écrit : des jetons collés viennent sans cookies. Connectez-vous avec un navigateur.',
  'export.held.how': 'Il peut être redémarré maintenant quand même.',
  'database.expiry-lacking': 'Une ligne sans échéance est renouvelée quand même ; compléter en écrit une.',
  'schedule.status.how': 'Jeton garde tout à jour tant qu’il tourne ; une planification le fait sans lui.',
  'schedule.last-run.failed':
    'Dernier passage : {when}, avec le code de sortie {exitCode}. Le journal en dit plus.',
  'schedule.earlier.remedy': 'Réinstallez-la, au même intervalle.',
  'doctor.browser.none': 'aucun trouvé ; la fenêtre de Jeton permet de se connecter',
  'doctor.database.remedy.none': 'Si une application garde les jetons, connectez sa base.',
  'doctor.integrations.several.remedy': 'Ce qu’il faut à chacune est sur sa ligne.',
  'doctor.target.pending.remedy': 'Exportez de nouveau.',
  'doctor.schedule.none': 'aucune ; rien n’est renouvelé si Jeton ne tourne pas',
  'doctor.schedule.late.remedy': 'cron tourne-t-il ? Le journal en dit peut-être plus.',
  'doctor.journal.remedy': 'Le prochain passage les écrit.',
  'vault.created.backup': 'Gardez-en une copie en lieu sûr : exportez la clé de secours.',
};
