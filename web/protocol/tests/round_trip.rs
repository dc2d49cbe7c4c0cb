//! Every message comes out as it went in: as JSON, and as JavaScript hands it over.
#![allow(clippy::unwrap_used, clippy::panic)]

mod messages;

use std::collections::BTreeSet;
use std::fmt::Debug;

use protocol::{ExportFormat, Exported, Request, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Number, Value};

use messages::{requests, responses};

/// A message's value as serde-wasm-bindgen sees it again: JavaScript has one kind of number, so that a whole one comes
/// back as an integer whatever it was, and `None` is a field that is `undefined`, which reads like one that is missing.
fn through_javascript(value: Value) -> Value {
    match value {
        Value::Number(number) => {
            let float = number.as_f64().unwrap();
            assert!(
                float.abs() <= 9_007_199_254_740_991.0,
                "{float} is no safe integer"
            );
            if float.fract() == 0.0 {
                Value::Number(Number::from(float as i64))
            } else {
                Value::Number(Number::from_f64(float).unwrap())
            }
        }
        Value::Array(values) => values.into_iter().map(through_javascript).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name, through_javascript(value)))
            .collect(),
        other => other,
    }
}

fn there_and_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(message: &T) -> String {
    let text = serde_json::to_string(message).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), message);
    let value = serde_json::to_value(message).unwrap();
    let seen = through_javascript(value.clone());
    let back: T = serde_json::from_value(seen.clone()).unwrap_or_else(|error| {
        panic!("{error}: {seen}");
    });
    assert_eq!(&back, message);
    value["type"].as_str().unwrap().to_owned()
}

#[test]
fn every_request_comes_out_as_it_went_in() {
    let types: BTreeSet<String> = requests().iter().map(there_and_back).collect();
    // One for every variant: whoever adds one adds it here.
    let all = [
        "cancel",
        "check",
        "conform",
        "describe",
        "export",
        "load",
        "map",
        "places",
        "probability",
        "segment",
    ];
    assert!(types.iter().eq(all), "{types:?}");
}

#[test]
fn every_response_comes_out_as_it_went_in() {
    let types: BTreeSet<String> = responses().iter().map(there_and_back).collect();
    let all = [
        "alive",
        "cancelled",
        "checked",
        "conformed",
        "described",
        "device-lost",
        "done",
        "exported",
        "failed",
        "holds-lock",
        "map-values",
        "not-loaded",
        "not-started",
        "opened",
        "partial",
        "places",
        "probability-values",
        "progress",
        "ready",
        "started",
    ];
    assert!(types.iter().eq(all), "{types:?}");
}

#[test]
fn what_the_workers_script_says_before_its_module_runs_is_understood() {
    // As web/worker/worker.js writes it, in the order of the file.
    let script = include_str!("../../worker/worker.js");
    let said = [
        ("{ type: \"alive\" }", r#"{"type":"alive"}"#),
        ("{ type: \"holds-lock\" }", r#"{"type":"holds-lock"}"#),
        (
            "{ type: \"progress\", stage: \"fetch-program\", done, total: ",
            r#"{"type":"progress","stage":"fetch-program","done":5,"total":9}"#,
        ),
        (
            "{ type: \"not-started\", fault: ",
            r#"{"type":"not-started","fault":"status 404"}"#,
        ),
    ];
    for (written, sent) in said {
        assert!(script.contains(written), "{written}");
        let read = serde_json::from_str::<Response>(sent);
        assert!(read.is_ok(), "{sent}: {read:?}");
    }
}

#[test]
fn messages_name_their_job_and_their_buffers() {
    for request in requests() {
        let value = serde_json::to_value(&request).unwrap();
        assert_eq!(request.job().map(u64::from), value["job"].as_u64());
        if let Some(names) = value["names"].as_array() {
            assert_eq!(request.buffers(), names.len());
        }
    }
    assert_eq!(Request::Conform { job: 1 }.buffers(), 2);
    assert_eq!(Request::Cancel { job: 1 }.buffers(), 0);
    for response in responses() {
        let value = serde_json::to_value(&response).unwrap();
        assert_eq!(response.job().map(u64::from), value["job"].as_u64());
    }
}

#[test]
fn a_message_of_another_version_is_refused_rather_than_misread() {
    for text in [
        r#"{"type":"segment","job":1,"names":[],"series":null}"#,
        r#"{"type":"segment","job":-1,"names":[],"series":null,"window":"model"}"#,
        r#"{"type":"segment","job":1,"names":[],"series":null,"window":"tiny"}"#,
        r#"{"type":"forget","job":1}"#,
        r#"{"job":1}"#,
    ] {
        let read = serde_json::from_str::<Request>(text);
        assert!(read.is_err(), "{text}");
    }
    // The version itself is read whatever else changes: it is in the first message of either side.
    let load = r#"{"type":"load","version":99,"model":"m","modelsUrl":"u","backend":"auto"}"#;
    assert!(matches!(
        serde_json::from_str(load).unwrap(),
        Request::Load { version: 99, .. }
    ));
    let started = r#"{"type":"started","version":99}"#;
    assert_eq!(
        serde_json::from_str::<Response>(started).unwrap(),
        Response::Started { version: 99 }
    );
}

#[test]
fn a_corrected_mask_comes_with_its_voxels_and_no_other_export_does() {
    let buffers = |what| {
        let format = ExportFormat::Png;
        Request::Export {
            job: 1,
            what,
            format,
        }
        .buffers()
    };
    assert_eq!(buffers(Exported::CorrectedMask), 1);
    assert_eq!(buffers(Exported::Mask), 0);
    assert_eq!(buffers(Exported::Probability), 0);
}

#[test]
fn voxels_of_regions_come_out_as_they_went_in() {
    let regions = vec![
        vec![[0, 1, 2, 3], [u32::MAX, 0, 7, 9]],
        vec![],
        vec![[4; 4]],
    ];
    let bytes = protocol::encode_region_voxels(&regions);
    assert_eq!(protocol::decode_region_voxels(&bytes), Some(regions));
    assert_eq!(protocol::decode_region_voxels(&[]), Some(vec![]));
    // Cut off, left over, and a count that no memory could hold.
    assert_eq!(
        protocol::decode_region_voxels(&bytes[..bytes.len() - 4]),
        None
    );
    assert_eq!(protocol::decode_region_voxels(&bytes[..3]), None);
    assert_eq!(protocol::decode_region_voxels(&[0xff; 8]), None);
}
