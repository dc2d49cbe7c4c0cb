//! What every file must give, after `right` in the manifest.

use super::facts::{Expected, Facts};

const MM_05: [f64; 3] = [2.0, 0.5, 0.5];

/// Every entry of the manifest, in its order.
pub fn expectations() -> Vec<(&'static str, Expected)> {
    use Expected::Refused;
    let slices = |planes: usize| Facts::of([planes, 32, 32]).spacing(MM_05);
    let slice = || Facts::of([1, 32, 32]);
    let zip = || Facts::of([6, 32, 32]).series(1);
    let brain = || {
        Facts::of([8, 24, 20])
            .spacing([2.0, 1.5, 1.0])
            .range(1.0, 243.0)
            .mean(85.905)
    };
    let photo = || Facts::of([1, 80, 100]).colour([63.53, 126.98, 191.53]);
    vec![
        (
            "D01_same_sop_uid",
            slices(12).series(1).notes(&["SOP Instance UID"]).end(),
        ),
        (
            "D02_for_uid_differs",
            slices(12).series(1).notes(&["Frame of Reference"]).end(),
        ),
        (
            "D03d_highbit_by_slice",
            slices(12).series(1).notes(&["Bits Stored"]).end(),
        ),
        (
            "D04_emf_random_order.dcm",
            Facts::of([10, 32, 32]).series(1).end(),
        ),
        ("D05_emf_slopes.dcm", Facts::of([6, 32, 32]).series(1).end()),
        (
            "D06a_one_missing",
            slices(10).series(2).notes(&["missing"]).end(),
        ),
        (
            "D06b_two_missing",
            slices(16).series(1).notes(&["missing"]).end(),
        ),
        ("D06c_two_spacings", slices(8).series(2).end()),
        (
            "D07_two_fragments_per_frame.dcm",
            Facts::of([3, 48, 64]).colours(102.853).end(),
        ),
        (
            "D07b_ljpeg_four_fragments.dcm",
            Facts::of([1, 48, 48]).range(30.0, 294.0).end(),
        ),
        (
            "D08_no_sequence_delimiter.dcm",
            Facts::of([3, 48, 64])
                .colours(102.853)
                .notes(&["delimiter"])
                .end(),
        ),
        (
            "D08b_zeros_for_delimiter.dcm",
            Facts::of([3, 48, 64])
                .colours(102.853)
                .notes(&["delimiter"])
                .end(),
        ),
        ("D09_un_undefined_private.dcm", slice().mean(96.319).end()),
        (
            "D10_overlay_high_bits.dcm",
            slice().range(10.0, 252.0).end(),
        ),
        (
            "D10b_signed12_not_extended.dcm",
            slice().range(-140.0, 102.0).end(),
        ),
        (
            "D11a_rgb_jpeg_called_ybr.dcm",
            Facts::of([1, 48, 64]).colours(102.833).end(),
        ),
        (
            "D11c_j2k_ybr_full_no_mct.dcm",
            Facts::of([1, 48, 64]).colours(102.833).end(),
        ),
        (
            "D12_palette16_signed.dcm",
            slice().colour([15.83, 32.13, 48.42]).end(),
        ),
        (
            "D13_highbit15_8bit.dcm",
            slice().range(0.0, 242.0).notes(&["High Bit"]).end(),
        ),
        (
            "D13c_highbit15_stored12.dcm",
            slice().range(0.0, 242.0).notes(&["High Bit"]).end(),
        ),
        (
            "D14_siemens_mosaic.dcm",
            Facts::of([9, 32, 32]).notes(&["mosaic"]).end(),
        ),
        (
            "D15d_seg_two_segments.dcm",
            Facts::of([12, 32, 32]).series(1).range(0.0, 2.0).end(),
        ),
        (
            "D16_classic_multiframe.dcm",
            Facts::of([8, 32, 32])
                .spacing([2.0, 0.5, 0.5])
                .notes(&["Spacing Between Slices"])
                .end(),
        ),
        ("D17_cine", Facts::of([4, 32, 32]).series(5).end()),
        ("D18_localizer", Facts::of([3, 32, 32]).series(3).end()),
        ("D19_pet_slopes", Facts::of([6, 32, 32]).end()),
        ("D20_japanese", slices(12).end()),
        ("D20c_gb18030", slices(12).end()),
        (
            "D21_jpegls.dcm",
            Facts::of([1, 48, 48])
                .range(30.0, 294.0)
                .mean(113.896)
                .end(),
        ),
        ("D23_single.dcm.gz", slice().range(0.0, 242.0).end()),
        ("D24_vr_nul.dcm", slice().range(0.0, 242.0).end()),
        ("D29_two_stacks.dcm", Facts::of([6, 32, 32]).series(2).end()),
        (
            "D29b_4d_enhanced.dcm",
            Facts::of([5, 32, 32]).series(3).end(),
        ),
        (
            "D32_gantry_tilt",
            Facts::of([12, 32, 32]).series(1).notes(&["NRRD"]).end(),
        ),
        (
            "D36b_starts_group_0010.dcm",
            slice().range(0.0, 242.0).end(),
        ),
        (
            "D37_comma_decimal.dcm",
            slice().spacing([2.0, 0.5, 0.5]).notes(&["comma"]).end(),
        ),
        ("D45_nm_negative_spacing.dcm", Facts::of([8, 32, 32]).end()),
        ("D46_item_not_closed.dcm", slice().mean(96.319).end()),
        (
            "D47_embedded_delimiter.dcm",
            Facts::of([1, 48, 64]).colours(76.2).end(),
        ),
        (
            "D48_icon_encapsulated.dcm",
            Facts::of([1, 48, 64]).colours(102.86).end(),
        ),
        ("D52_acquisition_number_differs", slices(12).series(1).end()),
        ("D55_one_duplicate", Facts::of([12, 32, 32]).end()),
        (
            "D56_rounded_positions",
            Facts::of([12, 32, 32])
                .series(1)
                .spacing([0.627, 0.5, 0.5])
                .notes(&["mm"])
                .end(),
        ),
        (
            "D60_j2k_overlay_bits.dcm",
            Facts::of([1, 48, 48]).range(10.0, 274.0).end(),
        ),
        (
            "D61_j2k_8of16.dcm",
            Facts::of([1, 48, 48]).range(10.0, 255.0).end(),
        ),
        (
            "D61b_jpeg_8of16.dcm",
            Facts::of([1, 48, 48]).range(10.0, 255.0).end(),
        ),
        (
            "D62_un_defined_explicit_inside.dcm",
            slice().mean(96.319).end(),
        ),
        (
            "D66_series_with_screenshot",
            Facts::of([10, 32, 32]).series(2).end(),
        ),
        ("D67_two_echoes", Facts::of([6, 32, 32]).series(2).end()),
        (
            "D68_orientation_2_digits",
            slices(6).notes(&["right angle"]).end(),
        ),
        ("D69_top_is_posterior", slices(12).end()),
        ("D71_Überordner mit 300", Facts::of([300, 8, 8]).end()),
        (
            "D72b_progressive_jpeg.dcm",
            Facts::of([1, 48, 64]).colours(102.8).end(),
        ),
        ("N01_dim4_zero.nii", brain().notes(&["dim"]).end()),
        (
            "N02b_vox_offset_348_trailing.nii",
            brain().notes(&["348"]).end(),
        ),
        (
            "N03_vector5d.nii",
            Facts::of([8, 24, 20]).notes(&["3 channels"]).end(),
        ),
        ("N04a_slope_nan.nii", brain().end()),
        ("N04b_slope_zero.nii", brain().end()),
        ("N07_sform_nan.nii", brain().end()),
        ("N08_a.nii.bz2", brain().orientation("LAS").end()),
        ("N08_c.nii.xz", brain().orientation("LAS").end()),
        (
            "N09_freesurfer.mgh",
            Facts::of([8, 24, 20])
                .spacing([2.0, 1.5, 1.0])
                .orientation("LAS")
                .mean(86.41379)
                .end(),
        ),
        (
            "N09_freesurfer.mgz",
            Facts::of([8, 24, 20])
                .spacing([2.0, 1.5, 1.0])
                .orientation("LAS")
                .mean(86.41379)
                .end(),
        ),
        ("N10_a.nrrd", brain().orientation("LPS").end()),
        ("N10_b.nrrd", brain().orientation("LPS").end()),
        ("N10_v.vtk", Refused(&["VTK", "NIfTI"])),
        ("N11_b.mhd", brain().orientation("LPS").end()),
        ("N11_b.raw", Refused(&["without a header"])),
        ("N11_c.nhdr", brain().orientation("LPS").end()),
        ("N11_c.raw", Refused(&["without a header"])),
        ("N12_analyze.img", Refused(&["pair", ".hdr"])),
        ("N13a_gz_trailing_zeros.nii.gz", brain().end()),
        (
            "N14_outlier.nii",
            Facts::of([8, 24, 20]).notes(&["far"]).end(),
        ),
        ("N19_cine4d.nii", brain().notes(&["5 time points"]).end()),
        ("N21_bool_datatype1.nii", Refused(&["one-bit"])),
        (
            "R01_exif6.png",
            Facts::of([1, 100, 80]).colour([63.5, 127.0, 191.5]).end(),
        ),
        ("R03_noninterleaved_baseline.jpg", photo().end()),
        ("R04_arithmetic.jpg", photo().end()),
        ("R06_lossless_sof3.jpg", Facts::of([1, 40, 50]).end()),
        ("R07_no_eoi.jpg", photo().notes(&["end"]).end()),
        (
            "R09_bytes_between_markers.jpg",
            photo().notes(&["marker"]).end(),
        ),
        (
            "R11_cmyk_no_adobe.jpg",
            Facts::of([1, 80, 100]).colours(0.0).end(),
        ),
        (
            "R14_rle8.bmp",
            Facts::of([1, 40, 48]).mean(62.5).silent().end(),
        ),
        (
            "R14c_565.bmp",
            Facts::of([1, 40, 48])
                .colour([60.6, 61.7, 60.6])
                .silent()
                .end(),
        ),
        (
            "R15b_anim.png",
            Facts::of([1, 40, 50])
                .colour([63.5, 127.0, 191.5])
                .notes(&["first"])
                .end(),
        ),
        ("R17_cgbi.png", Refused(&["Apple"])),
        ("R19_heic_hevc.heic", Refused(&["HEIC"])),
        (
            "T01_imagej_truncated.tif",
            Facts::of([5, 40, 50]).range(0.0, 527.0).end(),
        ),
        (
            "T02_imagej_2ch_5z.tif",
            Facts::of([5, 40, 50]).notes(&["2 channels"]).end(),
        ),
        (
            "T03_ome_2ch_5z.ome.tif",
            Facts::of([5, 40, 50])
                .spacing([0.002, 0.0005, 0.0005])
                .notes(&["2 channels", "µm"])
                .end(),
        ),
        (
            "T04_12bit_packed.tif",
            Facts::of([1, 40, 50]).range(0.0, 1143.0).mean(571.5).end(),
        ),
        (
            "T05_fillorder2.tif",
            Facts::of([1, 40, 50]).mean(0.5375).end(),
        ),
        ("T06_g3.tif", Facts::of([1, 40, 50]).mean(0.5375).end()),
        ("T07_zstd.tif", Facts::of([1, 40, 50]).mean(63.5).end()),
        (
            "T10_5channel.tif",
            Facts::of([1, 40, 50])
                .range(0.0, 127.0)
                .notes(&["5 channels"])
                .end(),
        ),
        (
            "T19_pyramid.ome.tif",
            Facts::of([1, 40, 50]).colour([63.5, 127.0, 191.5]).end(),
        ),
        (
            "T20_tiled_separate.tif",
            Facts::of([1, 40, 50]).colour([63.5, 127.0, 191.5]).end(),
        ),
        (
            "T21_ome_multiseries.ome.tif",
            Facts::of([2, 40, 50])
                .range(0.0, 227.0)
                .notes(&["2 images"])
                .end(),
        ),
        (
            "T22_lzw_tiled_by_libtiff.tif",
            Facts::of([1, 38, 30]).range(7.0, 7.0).end(),
        ),
        ("Z01_docx_inside.zip", zip().skipped(1).end()),
        ("Z02_nested.zip", zip().end()),
        ("Z03_zip64.zip", zip().end()),
        ("Z04_macos.zip", zip().skipped(0).end()),
        ("Z06_bzip2.zip", zip().end()),
        ("Z07_bz2_readme.zip", zip().skipped(1).end()),
        ("Z10_series.tar.gz", zip().end()),
        ("Z10b_series.tar", zip().end()),
        ("Z11_folder_with_docs", zip().skipped(2).end()),
        ("Z12_folder_nested_zip", zip().end()),
    ]
}
