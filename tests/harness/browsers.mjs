// The browsers as a visitor has them, but headless and without anything that they do on their own account.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

/** Where the work is done, and in what: the two ways that every test goes. */
export const setUps = [
  { name: "Firefox with WebGPU on lavapipe", key: "firefox-webgpu", browser: "firefox", backend: "webgpu" },
  { name: "Chromium without WebGPU", key: "chromium-cpu", browser: "chrome", backend: "cpu" },
];

/** Chromium's WebGPU on its software adapter: ten times slower than lavapipe, so for tiny images only. */
export const swiftShader = {
  name: "Chromium with WebGPU on SwiftShader",
  key: "chromium-swiftshader",
  browser: "chrome",
  backend: "webgpu",
  extra: ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
};

const firefoxPreferences = {
  "dom.webgpu.enabled": true,
  "dom.webgpu.workers.enabled": true,
  // Software adapters are on the list of those that Firefox does not offer.
  "gfx.webgpu.ignore-blocklist": true,
  "browser.download.folderList": 2,
  "browser.download.useDownloadDir": true,
  "browser.download.alwaysOpenPanel": false,
  "browser.download.manager.showWhenStarting": false,
  "browser.helperApps.neverAsk.saveToDisk": "image/png,image/tiff,application/json,application/octet-stream,application/gzip,application/zip,application/dicom",
  // What Firefox asks its maker for by itself is not the page's doing.
  "app.normandy.enabled": false,
  "app.update.enabled": false,
  "browser.newtabpage.activity-stream.feeds.topsites": false,
  "browser.region.network.url": "",
  "browser.safebrowsing.downloads.remote.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "browser.search.update": false,
  "datareporting.healthreport.uploadEnabled": false,
  "dom.push.connection.enabled": false,
  "extensions.update.enabled": false,
  "media.gmp-manager.updateEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,#remote-settings-dummy/v1",
  "toolkit.telemetry.enabled": false,
};

const chromiumSwitches = [
  "--headless=new",
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-features=OptimizationHints,MediaRouter,Translate",
  "--disable-sync",
];

/**
 * Starts a browser whose requests to other machines end in `trap`. Returns the browser, the folder of its downloads
 * and `close()`.
 */
export async function launch(setUp, trap) {
  const downloads = mkdtempSync(join(tmpdir(), "penumbra-downloads-"));
  const options =
    setUp.browser === "firefox"
      ? {
          executablePath: process.env.PENUMBRA_FIREFOX ?? "/usr/bin/firefox-esr",
          extraPrefsFirefox: {
            ...firefoxPreferences,
            "browser.download.dir": downloads,
            "network.proxy.type": 1,
            "network.proxy.http": trap.host,
            "network.proxy.http_port": trap.port,
            "network.proxy.ssl": trap.host,
            "network.proxy.ssl_port": trap.port,
          },
        }
      : {
          executablePath: process.env.PENUMBRA_CHROMIUM ?? "/usr/lib/chromium/chromium",
          args: [...chromiumSwitches, `--proxy-server=http://${trap.host}:${trap.port}`, ...(setUp.extra ?? [])],
        };
  const browser = await puppeteer.launch({
    browser: setUp.browser,
    headless: true,
    protocolTimeout: 600_000,
    defaultViewport: { width: 1280, height: 900 },
    ...options,
  });
  if (setUp.browser === "chrome") {
    const session = await browser.target().createCDPSession();
    await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: downloads });
  }
  return {
    browser,
    downloads,
    close: async () => {
      await browser.close();
      rmSync(downloads, { recursive: true, force: true });
    },
  };
}
