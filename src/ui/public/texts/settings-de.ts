import type { SchemaTexts } from './schema-texts.ts';

/** The English ones stand in config.schema.json. */
export const settingsDe: SchemaTexts = {
  groups: {
    Connection: 'Verbindung',
    'How it behaves': 'Verhalten',
    'Sensors and doorbell': 'Sensoren und Klingel',
    'Second output': 'Zweiter Ausgang',
    'Hold open': 'Offen halten',
    Automations: 'Automationen',
    Buttons: 'Tasten',
    'Seldom needed': 'Selten gebraucht',
    'Names of keys': 'Namen der Schlüssel',
    Network: 'Netz',
    'Remote support (TeamViewer REACH)': 'Fernwartung (TeamViewer REACH)',
    Journal: 'Journal',
    Log: 'Protokoll',
    'Add a button': 'Taste hinzufügen',
    'Add a key': 'Schlüssel hinzufügen',
    'Add a computer': 'Rechner hinzufügen',
    'Add the program, or an argument': 'Programm oder Argument hinzufügen',
  },
  settings: {
    name: {
      title: 'Name im Protokoll',
      description: 'Steht vor jeder Zeile, die dieses Plugin ins Protokoll schreibt.',
    },
    devices: { title: 'Geräte' },
    'devices.name': {
      title: 'Name',
      description: 'So heißt das Tor anfangs in Apple Home. Buchstaben und Ziffern, mindestens zwei.',
      placeholder: 'Garage',
    },
    'devices.host': {
      title: 'Adresse',
      description:
        'Die IP-Adresse oder der Name des Geräts im Netz, ohne http:// und ohne Port. Geben Sie ihm im Router eine feste Adresse, oder nehmen Sie seinen Namen: remootio_, die Seriennummer, .local.',
    },
    'devices.port': { title: 'Port', description: '8080, außer das Gerät wird über etwas anderes erreicht.' },
    'devices.apiSecretKey': {
      title: 'API Secret Key',
      description:
        'Der Schlüssel, den die Remootio-App API Secret Key nennt: 64 Ziffern und Buchstaben von a bis f.',
    },
    'devices.apiAuthKey': {
      title: 'API Auth Key',
      description:
        'Der Schlüssel, den die Remootio-App API Auth Key nennt. Er ist ein anderer als der API Secret Key.',
    },
    'devices.serialNumber': {
      title: 'Seriennummer',
      description:
        'Lassen Sie sie leer: Sie wird bei der ersten Verbindung gelernt. Geben Sie die neue ein, wenn das Gerät ausgetauscht wurde, damit die Kachel Raum und Automationen behält.',
      placeholder: 'wird bei der ersten Verbindung gelernt',
    },
    'devices.openSeconds': {
      title: 'Sekunden zum Öffnen',
      description: 'Wie lange das Tor zum Öffnen braucht. Ohne Eintrag so lange wie zum Schließen.',
      placeholder: 'so lange wie zum Schließen',
    },
    'devices.closeSeconds': {
      title: 'Sekunden zum Schließen',
      description:
        'Wie lange das Tor zum Schließen braucht. Ohne Eintrag wird die Zeit gelernt; bis dahin gelten 20 Sekunden.',
      placeholder: 'wird gelernt',
    },
    'devices.whileClosing': {
      title: 'Öffnen, während es schließt',
      description:
        'Das Gerät selbst überhört ein Öffnen, bis das Tor zu ist. Wählen Sie den Impuls nur, wenn Ihr Antrieb auf einen Druck seines Tasters umkehrt.',
      choices: {
        refuse: 'Ablehnen und schließen lassen',
        pulse: 'Einen Impuls senden, mein Antrieb kehrt dann um',
      },
    },
    'devices.withoutSensor': {
      title: 'Ohne Statussensor',
      description:
        'Gilt nur, wo das Gerät keinen Statussensor hat, sodass niemand sagen kann, ob das Tor offen ist. Der Schalter ist die ehrliche Wahl. Die beiden anderen zeigen ein Tor, dessen Zustand aus den Laufzeiten geraten ist.',
      choices: {
        switch: 'Ein Schalter, der den Taster des Antriebs drückt',
        assumed: 'Ein Tor mit angenommenem Zustand',
        directional: 'Ein Tor mit angenommenem Zustand, ein Ausgang zum Öffnen und einer zum Schließen',
      },
    },
    'devices.readOnly': {
      title: 'Nur zeigen',
      description: 'Apple Home zeigt den Zustand des Tors und kann es nicht bedienen.',
    },
    'devices.contactSensor': {
      title: 'Kontaktsensor',
      description:
        'Zeigt den Statussensor in Apple Home, wie er ist: offen oder zu, ohne Öffnen und Schließen. Apple Home zeigt damit auch den Zustand des Tors schneller.',
    },
    'devices.leftOpen': {
      title: 'Offen gelassen',
      description:
        'Ein Belegungssensor, der an ist, solange das Tor offen gelassen wurde, für Mitteilungen und Automationen.',
      choices: {
        off: 'Nicht gezeigt',
        device: 'Wenn das Gerät es sagt, nach der Zeit aus der Remootio-App',
        minutes: 'Nach einer Zeit, die hier steht',
      },
    },
    'devices.leftOpenMinutes': {
      title: 'Minuten, bis es als offen gelassen gilt',
      description:
        'So lange muss das Tor offen stehen. Die Zeit läuft weiter, während Homebridge neu startet.',
    },
    'devices.doorbell': {
      title: 'Klingel',
      description:
        'Eine Klingel in Apple Home, die läutet, wenn der Klingeltaster am Gerät gedrückt wird. Braucht die API mit „logging“.',
    },
    'devices.secondary': {
      title: 'Zweiter Ausgang',
      description:
        'Was der freie Ausgang des Geräts in Apple Home ist. Braucht Gerätesoftware 2.21 oder neuer und eine Betriebsart mit freiem Relais.',
      choices: {
        none: 'Nicht gezeigt',
        switch: 'Ein Schalter mit Impuls',
        door: 'Ein eigenes Tor, für eine Gehtür',
      },
    },
    'devices.secondaryName': {
      title: 'Name des zweiten Ausgangs',
      description: 'So heißt er anfangs in Apple Home.',
      placeholder: 'Gehtür',
    },
    'devices.secondaryOpenSeconds': {
      title: 'Sekunden zum Öffnen am zweiten Ausgang',
      description: 'Wie lange die Gehtür zum Öffnen oder Schließen braucht. Ohne Eintrag 20 Sekunden.',
    },
    'devices.holdMinutes': {
      title: 'Minuten zum Offenhalten',
      description:
        'Ein Schalter, der das Tor öffnet und seinen Ausgang so lange hält. Braucht Gerätesoftware 2.24 oder neuer. Leer: kein Schalter.',
      placeholder: 'kein Schalter',
    },
    'devices.holdName': {
      title: 'Name des Schalters zum Offenhalten',
      description: 'So heißt er anfangs in Apple Home.',
      placeholder: 'Offen halten',
    },
    'devices.holdWithoutSensor': {
      title: 'Auch ohne Statussensor halten',
      description:
        'Ohne Statussensor kann der Schalter nur den Taster des Antriebs drücken und halten. Das schließt ein Tor, das offen steht.',
    },
    'devices.automationSwitch': {
      title: 'Schalter für Automationen',
      description:
        'Ein Gerät mit einem Schalter, der das Tor öffnet und schließt. Er umgeht Apples Schutz: Ein Schalter braucht kein entsperrtes iPhone und fragt niemanden. So kann jede Automation und jeder, der einen HomePod erreicht, das Tor öffnen.',
    },
    'devices.autoCloseMinutes': {
      title: 'Minuten, bis es von selbst schließt',
      description:
        'Wie lange das Tor offen steht, bevor es geschlossen wird. Das braucht einen Statussensor, und Ihr Antrieb muss an Hindernissen von selbst anhalten. Leer: es bleibt offen.',
      placeholder: 'bleibt offen',
    },
    'devices.autoCloseWarningSeconds': {
      title: 'Sekunden Vorwarnung, bevor es von selbst schließt',
      description:
        'So viele Sekunden vor dem Schließen sagt es das Protokoll. Wer das Tor in dieser Zeit bedient, verhindert es.',
    },
    'devices.buttons': {
      title: 'Tasten',
      description:
        'Was am Gerät geschieht, kann in Apple Home Tasten drücken, und eine Taste kann jede Szene und Automation auslösen. Braucht die API mit „logging“.',
    },
    'devices.buttons.name': {
      title: 'Name',
      description: 'So heißt die Taste anfangs in Apple Home.',
      placeholder: 'Von einem Gast geöffnet',
    },
    'devices.buttons.event': {
      title: 'Was sie drückt',
      description: 'Das Ereignis am Gerät.',
      choices: {
        ManualButtonPushed: 'Der verdrahtete Taster wird gedrückt',
        DoorbellPushed: 'Es klingelt',
        LeftOpen: 'Das Gerät sagt, dass es offen gelassen wurde',
        RelayTrigger: 'Jemand bedient das Tor',
        SecondaryRelayTrigger: 'Jemand bedient den zweiten Ausgang',
        OutputHeldActive: 'Jemand hält den Ausgang des Tors',
        SecondaryOutputHeldActive: 'Jemand hält den zweiten Ausgang',
        Connected: 'Ein Telefon verbindet sich mit dem Gerät',
        KeyManagement: 'Die Rechte eines Schlüssels werden geändert',
        Restart: 'Das Gerät ist neu gestartet',
      },
    },
    'devices.buttons.keyNumber': {
      title: 'Nur durch den Schlüssel mit dieser Nummer',
      description: 'Wie ihn die Remootio-App in der Liste der Schlüssel zeigt. Leer: jeder Schlüssel.',
      placeholder: 'jeder',
    },
    'devices.buttons.keyType': {
      title: 'Nur durch einen Schlüssel dieser Art',
      description: 'Den API-Schlüssel benutzt dieses Plugin selbst. Leer: jede Art.',
      choices: {
        'master key': 'Hauptschlüssel',
        'unique key': 'Eigener Schlüssel',
        'guest key': 'Gastschlüssel',
        'api key': 'API-Schlüssel',
        'smart home': 'Smart home (ein Sprachassistent)',
        automation: 'Automatik (der Remootio-App)',
      },
    },
    'devices.buttons.via': {
      title: 'Nur auf diesem Weg',
      description: 'Wie das Telefon das Gerät erreicht hat. Leer: jeder Weg.',
      choices: {
        bluetooth: 'Bluetooth',
        wifi: 'WLAN',
        internet: 'Internet',
        autoopen: 'Auto-open',
      },
    },
    'devices.keyNames': {
      title: 'Namen der Schlüssel',
      description:
        'Protokoll und Journal sagen dann, wer das Tor bedient hat. Braucht die API mit „logging“.',
    },
    'devices.keyNames.keyNumber': {
      title: 'Nummer',
      description: 'Wie ihn die Remootio-App in der Liste der Schlüssel zeigt.',
    },
    'devices.keyNames.name': {
      title: 'Name',
      description: 'Wer den Schlüssel hat, oder auf welchem Gerät er ist.',
      placeholder: 'Tablet in der Küche',
    },
    discovery: {
      title: 'Geräte im Netz suchen',
      description:
        'Findet ein Gerät, das eine andere Adresse hat als die eingetragene, und merkt sofort, wenn es wieder da ist. Was gefunden wird, wird immer an Seriennummer und Schlüsseln geprüft.',
    },
    journal: { title: 'Journal' },
    'journal.enabled': {
      title: 'Ein Journal führen',
      description:
        'Wer was wann bedient hat, in einer Datei im Ordner von Homebridge. Die Befehlszeile und diese Seite zeigen es.',
    },
    'journal.maxMegabytes': {
      title: 'Höchstens so viele Megabytes',
      description: 'Wird es größer, gehen die ältesten Einträge. In 5 Megabytes passen rund 25.000 Einträge.',
    },
    'journal.maxDays': {
      title: 'Höchstens so viele Tage',
      description: 'Ältere Einträge gehen.',
    },
    remoteSupport: { title: 'Fernwartung' },
    'remoteSupport.tenantId': {
      title: 'Tenant ID',
      description:
        'Das Mandantenkonto bei TeamViewer REACH, mit dem t davor. Ohne sie gibt es keine Fernwartung.',
    },
    'remoteSupport.vendorId': {
      title: 'Vendor ID',
      description: 'Wie TeamViewer sie vergeben hat. Kein Aufruf braucht sie.',
    },
    'remoteSupport.scriptToken': {
      title: 'Script-Token',
      description:
        'Das Token des Mandantenkontos. Wer eine Sicherung von Homebridge lesen kann, liest es hier mit: Eine Datei ist besser.',
    },
    'remoteSupport.scriptTokenFile': {
      title: 'Datei mit dem Script-Token',
      description: 'Der Pfad einer Datei, die das Token enthält und sonst nichts.',
    },
    'remoteSupport.scriptTokenEnvironment': {
      title: 'Umgebungsvariable mit dem Script-Token',
      description: 'Ihr Name, wo es weder Token noch Datei gibt.',
    },
    'remoteSupport.vaultPassphraseFile': {
      title: 'Datei mit der Passphrase des Tresors',
      description:
        'Der Pfad einer Datei, die sie enthält und sonst nichts. Mit einer Passphrase liegen die Geräteschlüssel verschlüsselt auf der Platte.',
      placeholder: 'nicht verschlüsselt',
    },
    'remoteSupport.vaultPassphraseEnvironment': {
      title: 'Umgebungsvariable mit der Passphrase',
      description: 'Ihr Name, wo es keine Datei gibt.',
    },
    'remoteSupport.revokeAfterHours': {
      title: 'Stunden, bis die Fernwartung von selbst endet',
      description: 'Gezählt vom Einschalten an. Leer: Sie endet nur von Hand.',
      placeholder: 'nie',
    },
    'remoteSupport.apiBase': {
      title: 'Adresse der Web-API von TeamViewer',
      description: 'Leer lassen, außer es ist etwas dazwischen. Sie muss mit https beginnen.',
    },
    'remoteSupport.unregisterPath': {
      title: 'Pfad des Aufrufs „unregister“',
      description: 'Leer lassen, außer TeamViewer hat Ihnen etwas anderes gesagt.',
      placeholder: 'wie üblich',
      choices: { current: 'Wie in der jetzigen Anleitung', '2018': 'Wie in der Anleitung von 2018' },
    },
    'remoteSupport.timeoutSeconds': {
      title: 'Sekunden für einen Aufruf',
      description: 'Wie lange TeamViewer für eine Antwort brauchen darf.',
    },
    'remoteSupport.fieldNames': {
      title: 'Namen von Feldern',
      description:
        'Nur wenn die Felder in den Antworten von TeamViewer anders heißen. Steht im JSON der Konfiguration.',
    },
    'remoteSupport.computers': {
      title: 'Rechner',
      description: 'Die Rechner, deren Fernwartung in Apple Home ein- und ausgeschaltet wird.',
    },
    'remoteSupport.computers.name': {
      title: 'Name',
      description: 'Apple Home hängt anfangs das Wort support an.',
      placeholder: 'Arbeitszimmer',
    },
    'remoteSupport.computers.platform': {
      title: 'System',
      description: 'Was auf dem Rechner läuft.',
      choices: { windows: 'Windows', macos: 'macOS', android: 'Android' },
    },
    'remoteSupport.computers.permissions': {
      title: 'Wer zustimmen muss',
      description: 'Ob jemand am Rechner jeder Verbindung zustimmen muss.',
      placeholder: 'wie üblich: jemand stimmt zu',
      choices: {
        attended: 'Jemand am Rechner stimmt jeder Verbindung zu',
        unattended: 'Niemand muss da sein',
      },
    },
    'remoteSupport.computers.rolloutFile': {
      title: 'Rollout-Datei',
      description:
        'Der Pfad der Rollout-Datei von TeamViewer, wenn sie auf dem Rechner mit Homebridge liegt.',
    },
    'remoteSupport.computers.rolloutCommand': {
      title: 'Rollout-Befehl',
      description: 'Ein Programm, das die Rollout-Daten ausgibt, und seine Argumente, eins in jeder Zeile.',
    },
    'remoteSupport.computers.rolloutCommandTimeoutSeconds': {
      title: 'Sekunden für den Rollout-Befehl',
      description: 'Wie lange der Befehl brauchen darf.',
    },
    'remoteSupport.computers.rolloutData': {
      title: 'Rollout-Daten',
      description: 'Von Hand eingegeben. Sie gelten für einen Rollout.',
    },
    'remoteSupport.computers.rolloutData.RolloutKey': {
      title: 'RolloutKey',
      description: 'Wie ihn TeamViewer auf dem Rechner angibt.',
    },
    'remoteSupport.computers.rolloutData.RequestID': {
      title: 'RequestID',
      description: 'Die GUID, mit oder ohne Klammern.',
    },
    'remoteSupport.computers.rolloutData.RemotecontrolID': {
      title: 'RemotecontrolID',
      description: 'Mit dem r davor.',
    },
    'remoteSupport.computers.remotecontrolId': {
      title: 'RemotecontrolID',
      description: 'Ist sie angegeben, so werden Rollout-Daten jedes anderen Rechners abgelehnt.',
    },
    'remoteSupport.computers.revokeAfterHours': {
      title: 'Stunden, bis die Fernwartung von selbst endet',
      description: 'An diesem Rechner, wenn es eine andere Zeit ist als bei den übrigen.',
      placeholder: 'wie bei allen',
    },
  },
};
