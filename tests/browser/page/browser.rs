//! Chromium without a window, and the few DevTools commands that the tests need.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::{Message, WebSocket};

/// A slow machine starts Chromium in seconds; beyond this something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

pub struct Browser {
    _process: Process,
    socket: WebSocket<TcpStream>,
    sent: u64,
    events: Vec<Value>,
    _profile: TempDir,
}

/// Ends with the test, however that ends.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Browser {
    /// `None` where there is no browser and none is required.
    pub fn start() -> Option<Self> {
        let profile = tempfile::tempdir().unwrap();
        let started = NAMES.iter().find_map(|name| {
            Command::new(name)
                .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"])
                .arg(format!("--user-data-dir={}", profile.path().display()))
                .arg("about:blank")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .ok()
                .map(Process)
        });
        let Some(process) = started else {
            let required = env::var("RINGFENCE_BROWSER_TEST").is_ok_and(|value| value == "required");
            assert!(!required, "no browser on the path: {NAMES:?}");
            eprintln!("skipped: no browser on the path ({})", NAMES.join(", "));
            return None;
        };
        let port_file = profile.path().join("DevToolsActivePort");
        let port = eventually(|| fs::read_to_string(&port_file).ok()?.lines().next()?.parse::<u16>().ok());
        let address = eventually(|| target(port));
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let (socket, _) = tungstenite::client(address, stream).unwrap();
        let mut browser = Self { _process: process, socket, sent: 0, events: Vec::new(), _profile: profile };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser.call("Page.setLifecycleEventsEnabled", json!({ "enabled": true }));
        Some(browser)
    }

    fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.sent += 1;
        let text = json!({ "id": self.sent, "method": method, "params": parameters }).to_string();
        self.socket.send(Message::text(text)).unwrap();
        loop {
            let message = self.next();
            if message["id"] == self.sent {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
            self.events.push(message);
        }
    }

    fn next(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.socket.read().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// Loads a file at a width of so many pixels, in a colour scheme.
    pub fn open(&mut self, page: &Path, width: u32, scheme: &str) {
        let mobile = width < 700;
        let metrics = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": mobile });
        self.call("Emulation.setDeviceMetricsOverride", metrics);
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", features);
        self.events.clear();
        let loader = self.call("Page.navigate", json!({ "url": address(page) }))["loaderId"].clone();
        let loaded = |event: &Value| {
            let parameters = &event["params"];
            let of_page = event["method"] == "Page.lifecycleEvent" && parameters["loaderId"] == loader;
            of_page && parameters["name"] == "load"
        };
        while !self.events.iter().any(loaded) {
            let event = self.next();
            self.events.push(event);
        }
    }

    /// The value of an expression of the page.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let result = self.call("Runtime.evaluate", asked);
        assert!(result["exceptionDetails"].is_null(), "{expression}: {result:#}");
        result["result"]["value"].clone()
    }

    /// Moves the mouse.
    pub fn point_at(&mut self, x: f64, y: f64) {
        self.call("Input.dispatchMouseEvent", json!({ "type": "mouseMoved", "x": x, "y": y }));
    }

    /// Since it was opened the page has said nothing, failed nowhere and asked for nothing but itself.
    pub fn assert_quiet(&mut self, page: &Path, what: &str) {
        // What has happened until now has been told once this is answered.
        self.evaluate("new Promise((done) => setTimeout(done, 50))");
        let address = address(page);
        for event in &self.events {
            let parameters = &event["params"];
            match event["method"].as_str().unwrap_or_default() {
                "Runtime.exceptionThrown" | "Runtime.consoleAPICalled" | "Log.entryAdded" => {
                    panic!("{what}: {parameters:#}");
                }
                "Network.requestWillBeSent" => {
                    let url = parameters["request"]["url"].as_str().unwrap();
                    assert!(url == address || url == "data:,", "{what}: asks for {url}");
                }
                _ => {}
            }
        }
    }
}

fn address(page: &Path) -> String {
    format!("file://{}", page.display())
}

/// The debugging address of the one page, by the shortest HTTP request there is.
fn target(port: u16) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    stream.write_all(format!("GET /json HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").as_bytes()).ok()?;
    let (mut answer, mut piece) = (Vec::new(), [0; 4096]);
    // The server leaves the connection open: how much is to come it says itself.
    let body = loop {
        let count = stream.read(&mut piece).ok().filter(|count| *count > 0)?;
        answer.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&answer).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(str::to_owned))?;
        if body.len() >= length.trim().parse::<usize>().ok()? {
            break body.to_owned();
        }
    };
    let targets: Value = serde_json::from_str(&body).ok()?;
    let page = targets.as_array()?.iter().find(|target| target["type"] == "page")?;
    page["webSocketDebuggerUrl"].as_str().map(str::to_owned)
}

fn eventually<T>(attempt: impl Fn() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = attempt() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "the browser does not answer");
        thread::sleep(Duration::from_millis(50));
    }
}
