// A phone in a page: does what the test tells it (GET /next) and tells what happens (POST /told).
"use strict";

const who = new URLSearchParams(location.search).get("who");
let ua, session;

function tell(event, more) {
  return fetch(`/told?who=${who}`, { method: "POST", body: JSON.stringify({ event, ...more }) });
}

function cause_of(data) {
  return { cause: data.cause, status: data.response ? data.response.status_code : null };
}

function watch_media(connection) {
  connection.addEventListener("track", (track) => {
    document.getElementById("heard").srcObject = track.streams[0];
  });
  connection.addEventListener("connectionstatechange", () => tell("media", { state: connection.connectionState }));
}

function watch_session(data) {
  session = data.session;
  tell("newRTCSession", { originator: data.originator, from: session.remote_identity.uri.toString() });
  session.on("progress", (e) => tell("progress", { status: e.response ? e.response.status_code : null }));
  for (const name of ["accepted", "confirmed"]) session.on(name, (e) => tell(name, { originator: e.originator }));
  for (const name of ["ended", "failed"])
    session.on(name, (e) => tell(name, { originator: e.originator, ...cause_of({ ...e, response: e.message }) }));
  session.on("peerconnection", (e) => watch_media(e.peerconnection));
  if (session.connection) watch_media(session.connection);
}

function watch_message(data) {
  if (data.originator === "remote")
    tell("message", { from: data.request.from.uri.toString(), text: data.request.body });
}

const media = { mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } };

const commands = {
  start({ url, uri, password }) {
    ua = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(url)], uri, password,
      register: false, session_timers: false, connection_recovery_min_interval: 1,
    });
    ua.on("connected", () => tell("connected"));
    ua.on("disconnected", (e) => tell("disconnected", { code: e.code, reason: e.reason }));
    ua.on("registered", () => tell("registered"));
    ua.on("unregistered", () => tell("unregistered"));
    ua.on("registrationFailed", (e) => tell("registrationFailed", cause_of(e)));
    ua.on("newRTCSession", watch_session);
    ua.on("newMessage", watch_message);
    ua.start();
  },
  register() { ua.register(); },
  unregister() { ua.unregister(); },
  stop() { ua.stop(); },
  message({ to, text }) {
    ua.sendMessage(to, text, { eventHandlers: {
      succeeded: () => tell("sent"),
      failed: (e) => tell("unsent", cause_of(e)),
    } });
  },
  call({ to }) { ua.call(to, media); },
  answer() { session.answer(media); },
  refuse({ status }) { session.terminate({ status_code: status }); },
  hangup() { session.terminate(); },
};

async function obey() {
  await tell("ready");
  for (;;) {
    const answer = await fetch(`/next?who=${who}`);
    if (answer.status !== 200) continue;
    const command = await answer.json();
    try {
      commands[command.do](command);
    } catch (error) {
      tell("error", { text: String(error.stack || error) });
    }
  }
}

window.addEventListener("error", (e) => tell("error", { text: e.message }));
window.addEventListener("unhandledrejection", (e) => tell("error", { text: String(e.reason) }));
obey();
