// Everything the chat itself says to residents. Answers come from the gateway.

export const TEXTS = {
  chat: "Rozmowa z asystentem urzędu",
  title: "Asystent urzędu",
  machine: "automat",
  log: "Przebieg rozmowy",
  assistant: "Asystent (automat)",
  resident: "Ty",
  residentVoice: "Ty (głosem)",
  clerk: "Pracownik urzędu",
  system: "Informacja",
  question: "Twoje pytanie",
  placeholder: "Proszę napisać pytanie",
  send: "Wyślij",
  close: "Zamknij okno rozmowy",
  human: "Porozmawiaj z człowiekiem",
  choices: "Możliwe odpowiedzi",
  typing: "Odpowiedź jest przygotowywana…",
  connecting: "Łączę z asystentem…",
  lost: "Połączenie zostało przerwane. Łączę ponownie…",
  back: "Połączenie wróciło, rozmowa trwa dalej.",
  unanswered:
    "Połączenie wróciło. Jeżeli nie ma odpowiedzi na ostatnią wiadomość, proszę wysłać ją jeszcze raz.",
  newTalk: "Poprzednia rozmowa wygasła. Zaczynamy nową.",
  refused: "Rozmowa nie jest teraz możliwa. Proszę zadzwonić do urzędu albo spróbować później.",
  outboxFull: "Nie ma połączenia, a kilka wiadomości już czeka. Proszę poczekać na połączenie.",
  waiting: "Prośba o rozmowę z człowiekiem została przekazana.",
  waitingPlace: (place) => `Miejsce w kolejce: ${place}.`,
  waitingMeanwhile: "W tym czasie asystent nadal odpowiada.",
  taken: (name) => `Rozmowę prowadzi teraz człowiek: ${name}.`,
  takenUnnamed: "pracownik urzędu",
  ended: "Rozmowa z człowiekiem zakończona. Odpowiada znów automatyczny asystent.",
  unknownError: "Nie udało się tego zrobić. Proszę spróbować jeszcze raz.",
  // voice
  speak: "Mów do asystenta",
  voice: "Rozmowa głosowa",
  voiceStarting: "Włączam mikrofon…",
  voiceListening: "Słucham. Proszę mówić.",
  voiceSpeaking: "Asystent mówi. Można mu przerwać.",
  voiceMuted: "Mikrofon jest wyciszony.",
  voiceHeard: "Słyszę:",
  mute: "Wycisz",
  unmute: "Włącz mikrofon",
  stopVoice: "Zakończ rozmowę głosową",
  voiceEnded: "Rozmowa głosowa zakończona.",
  voiceLost: "Rozmowa głosowa została przerwana. Proszę spróbować jeszcze raz albo napisać pytanie.",
  voiceHandoff:
    "Rozmowy głosowej z tej strony nie da się przełączyć. Proszę zadzwonić albo poczekać tutaj: " +
    "prośba o rozmowę z człowiekiem trafi do urzędu.",
  microphone: {
    insecure: "Mikrofon działa tylko na stronie z adresem https albo localhost. Pytanie można napisać.",
    NotAllowedError:
      "Przeglądarka nie dała dostępu do mikrofonu. Proszę zezwolić na mikrofon w ustawieniach strony " +
      "(ikona obok adresu) albo napisać pytanie.",
    NotFoundError: "Nie znaleziono mikrofonu. Proszę go podłączyć albo napisać pytanie.",
    NotReadableError:
      "Mikrofon jest zajęty przez inny program. Proszę go zwolnić albo napisać pytanie.",
    other: "Nie udało się włączyć mikrofonu. Pytanie można napisać.",
  },
};
