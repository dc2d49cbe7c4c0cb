//! One message of every kind.

use protocol::{
    Backend, BackendChoice, BoundingBox, Cause, ClassExpectation, ClassInfo, CurvePoint,
    ExpectedWrong, ExportFormat, Exported, ImageInfo, ImageScore, Interval, MapInfo, MapSummary,
    ModelInfo, PartChoice, PartInfo, PlacesInfo, Region, RegionKind, Request, Response, ResultInfo,
    Scores, SelfTest, SeriesInfo, SliceUncertainty, Stage, VERSION, VoxelSize, WindowSize,
};

/// Every request, in each of its forms.
pub fn requests() -> Vec<Request> {
    let names = vec!["a.nii".to_owned(), "b.nii".to_owned()];
    let mut requests = vec![
        Request::Map {
            job: 4,
            name: "entropy".to_owned(),
        },
        Request::Probability { job: 4, class: 255 },
        Request::Places {
            job: 4,
            tolerance: 3,
        },
        Request::Check {
            job: 5,
            names: names.clone(),
        },
        Request::Describe {
            job: 6,
            names: names.clone(),
        },
        Request::Cancel { job: 7 },
        Request::Conform { job: u32::MAX },
    ];
    for backend in [
        BackendChoice::Auto,
        BackendChoice::Webgpu,
        BackendChoice::Cpu,
    ] {
        requests.push(Request::Load {
            version: VERSION,
            model: "nuclei".to_owned(),
            models_url: "http://127.0.0.1:8080/models/".to_owned(),
            backend,
        });
    }
    let third = PartChoice {
        time: Some(2),
        channel: Some(1),
    };
    for (series, part, window) in [
        (None, PartChoice::default(), WindowSize::Model),
        (Some(2), third, WindowSize::Small),
    ] {
        requests.push(Request::Segment {
            job: 2,
            names: names.clone(),
            series,
            part,
            window,
        });
    }
    for format in ExportFormat::ALL {
        let map = Exported::Map {
            name: "ranking".to_owned(),
        };
        for what in [
            Exported::Mask,
            Exported::CorrectedMask,
            map,
            Exported::Probability,
        ] {
            requests.push(Request::Export {
                job: 3,
                what,
                format,
            });
        }
    }
    requests
}

fn model() -> ModelInfo {
    ModelInfo {
        id: "nuclei".to_owned(),
        title: "Cell nuclei".to_owned(),
        modality: "light microscopy".to_owned(),
        classes: vec![ClassInfo {
            id: 0,
            name: "background".to_owned(),
            colour: [0, 127, 255],
        }],
        licence: "CC0".to_owned(),
        source: "somewhere".to_owned(),
        citation: "somebody".to_owned(),
        weights_sha256: "00".to_owned(),
        patch: vec![256, 256],
        validation_curve: vec![CurvePoint {
            // Whole numbers, which JavaScript hands over as integers.
            coverage: 1.0,
            risk: 0.0,
        }],
        test_metrics: vec![("Dice".to_owned(), 0.91), ("cases".to_owned(), 12.0)],
        sure_level: Some(0.5),
    }
}

fn image(geometry: bool) -> ImageInfo {
    ImageInfo {
        shape: [1, 200, 300],
        channels: 3,
        format: "PNG, 8-bit colour".to_owned(),
        display_range: [0.0, 255.0],
        notes: vec!["Its alpha channel was dropped.".to_owned()],
        spacing: geometry.then_some([2.5, 1.0, 1.0]),
        affine: geometry.then_some([[0.5, 0.0, 0.0, -1.0]; 4]),
        geometry_source: geometry.then(|| "sform".to_owned()),
        series: vec![SeriesInfo {
            description: "CT, 300 images".to_owned(),
            shape: [0, 0, 0],
        }],
        chosen: 0,
        part: PartInfo {
            times: 20,
            time: 3,
            channels: 2,
            channel: 1,
        },
        exports: ExportFormat::ALL.to_vec(),
    }
}

fn result(in_distribution: Option<ImageScore>) -> ResultInfo {
    ResultInfo {
        shape: [2, 200, 300],
        maps: vec![MapInfo {
            summary: MapSummary {
                name: "ranking".to_owned(),
                minimum: 0.0,
                maximum: 1.5,
                mean: 0.1,
            },
            sent: true,
        }],
        class_pixels: vec![1 << 40, 0],
        notes: vec![],
        windows: 9,
        elapsed_ms: 1234.0,
        report: "{}".to_owned(),
        slices: vec![SliceUncertainty {
            plane: 1,
            doubt: 0.25,
            object_voxels: 7,
            expected_wrong: 3.0,
        }],
        summary: "About 1 ml of 2 ml may be wrong.".to_owned(),
        expected: ExpectedWrong {
            voxels: 12.5,
            false_object: 10.0,
            missed: 2.0,
            other_class: 0.5,
            range: in_distribution.map(|_| Interval {
                low: 6.0,
                high: 20.5,
            }),
        },
        classes: vec![ClassExpectation {
            class: 1,
            marked: 7,
            expected: 9.0,
            range: None,
            false_positive: 1.5,
            missed: 3.5,
            expected_dice: Some(0.75),
        }],
        voxel_size: if in_distribution.is_some() {
            VoxelSize::Millilitres(0.001)
        } else {
            VoxelSize::Unknown
        },
        tolerance: 2,
        regions: [
            RegionKind::Border,
            RegionKind::FalseObject,
            RegionKind::MissedObject,
        ]
        .map(|kind| Region {
            kind,
            class: 1,
            instead: 0,
            voxels: 12,
            expected_wrong: 5.0,
            max_shift: 2.25,
            bounding_box: BoundingBox {
                first: [1, 20, 30],
                last: [2, 21, 30],
            },
        })
        .to_vec(),
        image_score: 0.25,
        in_distribution,
        probabilities_sent: true,
    }
}

/// Every response, in each of its forms.
pub fn responses() -> Vec<Response> {
    let self_test = SelfTest {
        largest_difference: 1e-6,
        tolerance: 1e-3,
        elapsed_ms: 80.0,
    };
    let score = ImageScore {
        ranking_z: 1.0,
        entropy_z: -2.5,
        log_entropy_z: None,
        expected_dice: Some(1.0),
        unusual: false,
    };
    let mut responses = vec![
        Response::Started { version: VERSION },
        Response::Ready {
            model: model(),
            backend: Backend::Webgpu,
            adapter: Some("vendor card".to_owned()),
            reason: None,
            self_test: self_test.clone(),
        },
        Response::Ready {
            model: model(),
            backend: Backend::Cpu,
            adapter: None,
            reason: Some("The CPU was asked for.".to_owned()),
            self_test,
        },
        Response::Opened {
            job: 1,
            image: image(true),
        },
        Response::Opened {
            job: 1,
            image: image(false),
        },
        Response::Partial {
            job: 1,
            done: 3,
            total: 9,
        },
        Response::Done {
            job: 1,
            result: result(Some(score)),
        },
        Response::Done {
            job: 1,
            result: result(None),
        },
        Response::MapValues {
            job: 1,
            name: "margin".to_owned(),
        },
        Response::ProbabilityValues { job: 1, class: 1 },
        Response::Places {
            job: 1,
            found: None,
        },
        Response::Places {
            job: 1,
            found: Some(PlacesInfo {
                tolerance: 3,
                regions: result(None).regions,
                summary: "About 1 ml of 2 ml may be wrong.".to_owned(),
                report: "{}".to_owned(),
            }),
        },
        Response::Exported {
            job: 2,
            name: "_seg.png".to_owned(),
            media_type: "image/png".to_owned(),
        },
        Response::Checked {
            job: 3,
            scores: Scores {
                dice: vec![("nucleus".to_owned(), 1.0)],
                error_rate: 0.0,
                methods: vec![
                    ("segwithu".to_owned(), Some(0.98), 0.001),
                    ("entropy".to_owned(), None, 0.0),
                ],
                notes: vec![],
            },
        },
        Response::Described {
            job: 4,
            summary: "{\"shape\":[1,2,3]}".to_owned(),
        },
        Response::Cancelled { job: 5 },
        Response::Conformed {
            job: 6,
            differences: vec![("logits".to_owned(), 0.0)],
        },
        Response::DeviceLost {
            reason: "It is gone.".to_owned(),
        },
        Response::HoldsLock,
        Response::Alive,
        Response::NotStarted {
            fault: "status 404".to_owned(),
        },
    ];
    for known in [None, Some("nuclei".to_owned())] {
        responses.push(Response::NotLoaded {
            model: "heart".to_owned(),
            message: "No.".to_owned(),
            details: known.clone(),
            kept: known,
        });
    }
    for cause in [Cause::Memory, Cause::Model, Cause::Other] {
        for job in [None, Some(7)] {
            responses.push(Response::Failed {
                job,
                message: "No.".to_owned(),
                details: job.map(|job| job.to_string()),
                cause,
            });
        }
    }
    for stage in [
        Stage::FetchProgram,
        Stage::FetchModel,
        Stage::StartDevice,
        Stage::SelfTest,
        Stage::Decode,
        Stage::Segment,
        Stage::Check,
    ] {
        for job in [None, Some(1)] {
            responses.push(Response::Progress {
                job,
                stage,
                done: 0,
                total: 0,
            });
        }
    }
    responses
}
