//! The attempts to send a made-up pixel away, carried out.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use gloo::utils::{body, document, window};
use js_sys::{Array, Promise};
use page::privacy::attempts::{Outcome, Way};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    HtmlElement, HtmlFormElement, HtmlImageElement, HtmlInputElement, RtcConfiguration,
    RtcPeerConnection, SecurityPolicyViolationEvent, WebSocket,
};

use super::script;

/// The pixel, as RGB in hexadecimal.
const PIXEL: &str = "ff00ff";
/// How long the browser may take to report a violation, in milliseconds. Reports come in a turn or two; this is for busy machines.
const REPORT_MILLISECONDS: u32 = 1500;

/// Tries a way and says what the browser did.
pub async fn attempt(way: Way) -> Outcome {
    let violated = Rc::new(RefCell::new(None));
    let seen = Rc::clone(&violated);
    let listener = EventListener::new(&document(), "securitypolicyviolation", move |event| {
        let event: &SecurityPolicyViolationEvent = event.unchecked_ref();
        *seen.borrow_mut() = Some(event.effective_directive());
    });
    let address = way.address(PIXEL);
    let begun = match way {
        Way::Fetch => fetch(&address),
        Way::Image => image(&address),
        Way::Beacon => beacon(&address),
        Way::WebSocket => socket(&address),
        Way::Form => form(&address),
        Way::WebRtc => connection(&address).await,
    };
    for _ in 0..10 {
        if violated.borrow().is_some() {
            break;
        }
        sleep(REPORT_MILLISECONDS / 10).await;
    }
    drop(listener);
    match begun {
        // What the attempt has made goes away here.
        Ok(_held) => Outcome::of(violated.take(), false),
        Err(Fault::Thrown) => Outcome::of(violated.take(), true),
        Err(Fault::Absent) => Outcome::Absent,
    }
}

/// Why an attempt did not begin.
enum Fault {
    /// The browser has no such thing.
    Absent,
    /// The call failed.
    Thrown,
}

/// What is taken away after an attempt.
struct Held(Option<Box<dyn FnOnce()>>);

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(end) = self.0.take() {
            end();
        }
    }
}

impl Held {
    fn until(end: impl FnOnce() + 'static) -> Self {
        Self(Some(Box::new(end)))
    }
}

fn thrown<E>(_: E) -> Fault {
    Fault::Thrown
}

fn fetch(address: &str) -> Result<Held, Fault> {
    let options = script::object(&[
        ("method", "POST".into()),
        ("mode", "no-cors".into()),
        ("body", PIXEL.into()),
    ]);
    let promise = script::call(&window(), "fetch", &[address.into(), options]).map_err(thrown)?;
    // Whether it was refused, the report says; the promise fails in any case, because nobody has the address.
    spawn_local(async move {
        script::settled(promise).await.unwrap_or_default();
    });
    Ok(Held(None))
}

fn image(address: &str) -> Result<Held, Fault> {
    let image = HtmlImageElement::new().map_err(thrown)?;
    image.set_src(address);
    Ok(Held::until(move || image.set_src("")))
}

fn beacon(address: &str) -> Result<Held, Fault> {
    let navigator = window().navigator();
    if !script::has(&navigator, "sendBeacon") {
        return Err(Fault::Absent);
    }
    match navigator.send_beacon_with_opt_str(address, Some(PIXEL)) {
        Ok(true) => Ok(Held(None)),
        // Not queued: a browser may say so instead of failing.
        Ok(false) | Err(_) => Err(Fault::Thrown),
    }
}

fn socket(address: &str) -> Result<Held, Fault> {
    let socket = WebSocket::new(address).map_err(thrown)?;
    Ok(Held::until(move || {
        // One that never opened is closed already.
        socket.close().unwrap_or_default();
    }))
}

/// A form whose answer would go into a frame, so that the page stays even where nothing stops it.
fn form(address: &str) -> Result<Held, Fault> {
    const FRAME: &str = "penumbra-attempt";
    let make = |kind: &str| document().create_element(kind).map_err(thrown);
    let place: HtmlElement = make("div")?.dyn_into().map_err(thrown)?;
    place.set_hidden(true);
    let frame = make("iframe")?;
    frame.set_attribute("name", FRAME).map_err(thrown)?;
    let form: HtmlFormElement = make("form")?.dyn_into().map_err(thrown)?;
    form.set_action(address);
    form.set_method("post");
    form.set_target(FRAME);
    let field: HtmlInputElement = make("input")?.dyn_into().map_err(thrown)?;
    field.set_name("pixel");
    field.set_value(PIXEL);
    form.append_child(&field).map_err(thrown)?;
    place.append_child(&frame).map_err(thrown)?;
    place.append_child(&form).map_err(thrown)?;
    body().append_child(&place).map_err(thrown)?;
    let held = Held::until(move || place.remove());
    form.submit().map_err(thrown)?;
    Ok(held)
}

/// A connection that looks for its own address with the help of a server: its question would be the first packet to leave.
async fn connection(address: &str) -> Result<Held, Fault> {
    if !script::has(&window(), "RTCPeerConnection") {
        return Err(Fault::Absent);
    }
    let server = script::object(&[("urls", address.into())]);
    let configuration = RtcConfiguration::new();
    configuration.set_ice_servers(&Array::of1(&server));
    let connection = RtcPeerConnection::new_with_configuration(&configuration).map_err(thrown)?;
    connection.create_data_channel(PIXEL);
    let ending = connection.clone();
    let held = Held::until(move || ending.close());
    let offer = JsFuture::from(connection.create_offer())
        .await
        .map_err(thrown)?;
    script::awaited(&connection, "setLocalDescription", &[offer])
        .await
        .map_err(thrown)?;
    Ok(held)
}

async fn sleep(milliseconds: u32) {
    let promise = Promise::new(&mut |done, _| {
        Timeout::new(milliseconds, move || {
            done.call0(&JsValue::NULL).unwrap_or_default();
        })
        .forget();
    });
    JsFuture::from(promise).await.unwrap_or_default();
}
