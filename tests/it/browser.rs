//! A small WebDriver client: one headless Chromium under chromedriver, for as long as the value lives.

use std::io::Write;
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
const DRIVERS: [&str; 2] = ["chromedriver", "chromium.chromedriver"];

/// Two busy cores may need long to start a browser.
const START_LIMIT: Duration = Duration::from_secs(60);
const WAIT_LIMIT: Duration = Duration::from_secs(30);

/// Whether the person running the tests said that there is no browser.
pub fn is_waived() -> bool {
    std::env::var("LUMBUNG_WITHOUT_BROWSER").is_ok_and(|value| value == "1")
}

/// A browser with one window.
pub struct Browser {
    driver: Child,
    http: reqwest::Client,
    port: u16,
    session: String,
    _profile: TempDir,
}

impl Browser {
    /// Starts chromedriver on a free port and a browser with a fresh profile under it.
    ///
    /// Panics with what to install when either is missing.
    pub async fn start() -> Self {
        let (browser, driver) = (find(&BROWSERS), find(&DRIVERS));
        let (Some(browser), Some(driver)) = (browser, driver) else {
            panic!(
                "the browser tests need Chromium and chromedriver\n\
                 hint: run `make test`, which installs them, or `apt-get install chromium chromium-driver`;\n\
                 hint: set LUMBUNG_WITHOUT_BROWSER=1 to leave these tests out"
            );
        };
        let mut driver = Command::new(driver)
            .arg("--port=0")
            .stdout(std::process::Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("chromedriver starts");
        let output = driver.stdout.take().expect("a piped standard output");
        let port = tokio::time::timeout(START_LIMIT, port_of(output))
            .await
            .expect("chromedriver names its port in time");
        // The client refuses to be built without a provider, although it speaks no TLS here.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut started = Self {
            driver,
            http: reqwest::Client::builder().no_proxy().build().expect("an HTTP client"),
            port,
            session: String::new(),
            _profile: TempDir::new().expect("a profile directory"),
        };
        started.open_session(&browser).await;
        started
    }

    async fn open_session(&mut self, browser: &std::path::Path) {
        let profile = format!("--user-data-dir={}", self._profile.path().display());
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            "--lang=id",
            &profile,
        ];
        let capabilities = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:loggingPrefs": {"browser": "ALL"},
            "goog:chromeOptions": {"binary": browser, "args": arguments},
        }}});
        let opened = self.call(reqwest::Method::POST, "/session", Some(&capabilities)).await;
        self.session = opened["sessionId"].as_str().expect("a session id").to_owned();
    }

    /// Sends one command to the driver and gives its `value`; panics with the driver's message.
    async fn call(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> Value {
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let mut request = self.http.request(method, &url).timeout(START_LIMIT);
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let response = request.send().await.expect("chromedriver answers");
        let succeeded = response.status().is_success();
        let text = response.text().await.expect("a whole answer");
        let mut answer: Value = serde_json::from_str(&text).expect("an answer in JSON");
        assert!(succeeded, "chromedriver refused {path}: {text}");
        answer["value"].take()
    }

    async fn command(&self, path: &str, body: Value) -> Value {
        let path = format!("/session/{}{path}", self.session);
        self.call(reqwest::Method::POST, &path, Some(&body)).await
    }

    /// Gives the page this size in CSS pixels; narrower than a real window may be.
    pub async fn resize(&self, width: u32, height: u32) {
        let metrics = json!({
            "cmd": "Emulation.setDeviceMetricsOverride",
            "params": {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false},
        });
        self.command("/goog/cdp/execute", metrics).await;
    }

    /// Opens an address anew, even if only its fragment differs from the present one.
    pub async fn open(&self, address: &str) {
        self.command("/url", json!({"url": "about:blank"})).await;
        self.command("/url", json!({"url": address})).await;
    }

    /// Loads the present address again.
    pub async fn reload(&self) {
        self.command("/refresh", json!({})).await;
    }

    /// Runs the body of a function in the page and gives what it returns; promises are awaited.
    pub async fn run(&self, script: &str) -> Value {
        self.command("/execute/sync", json!({"script": script, "args": []}))
            .await
    }

    /// Runs `script` until it returns `expected`; panics with the last answer when it never does.
    pub async fn wait_until(&self, script: &str, expected: &Value) {
        let begun = Instant::now();
        loop {
            let seen = self.run(script).await;
            if seen == *expected {
                return;
            }
            assert!(
                begun.elapsed() < WAIT_LIMIT,
                "`{script}` stayed {seen}, expected {expected}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn element(&self, selector: &str) -> String {
        let found = self
            .command("/element", json!({"using": "css selector", "value": selector}))
            .await;
        // The answer has one entry whose name the WebDriver standard fixes.
        found
            .as_object()
            .and_then(|entries| entries.values().next())
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("{selector} is on the page"))
            .to_owned()
    }

    /// Clicks the element as a person would: it must be visible and not covered.
    pub async fn click(&self, selector: &str) {
        let element = self.element(selector).await;
        self.command(&format!("/element/{element}/click"), json!({})).await;
    }

    /// Types into the element, key by key. Special keys are those of WebDriver (`\u{e007}` is Enter).
    pub async fn type_into(&self, selector: &str, text: &str) {
        let element = self.element(selector).await;
        self.command(&format!("/element/{element}/value"), json!({"text": text}))
            .await;
    }

    /// Takes the console's entries since the last call, and gives those that are errors.
    pub async fn console_errors(&self) -> Vec<String> {
        let entries = self.command("/se/log", json!({"type": "browser"})).await;
        entries
            .as_array()
            .into_iter()
            .flatten()
            .filter(|entry| entry["level"] == "SEVERE")
            .map(|entry| entry["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }
}

impl Drop for Browser {
    /// Ends the browser also when an assertion failed: killing the driver alone would leave it running.
    fn drop(&mut self) {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            let request = format!(
                "DELETE /session/{} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
                self.session
            );
            let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
            let _ = stream.write_all(request.as_bytes());
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        }
        let _ = self.driver.start_kill();
    }
}

/// The first of these programs that stands on the search path.
fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let directories: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| directories.iter().map(move |directory| directory.join(name)))
        .find(|candidate| candidate.is_file())
}

/// Reads what chromedriver says until it names its port, and keeps reading so that it never blocks.
async fn port_of(output: ChildStdout) -> u16 {
    let mut lines = BufReader::new(output).lines();
    let mut port = None;
    while port.is_none() {
        let line = lines
            .next_line()
            .await
            .expect("readable output of chromedriver")
            .expect("chromedriver names its port before it ends");
        port = line
            .split_once("started successfully on port ")
            .and_then(|(_, rest)| rest.trim_end_matches('.').parse().ok());
    }
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    port.expect("the loop ends with a port")
}
