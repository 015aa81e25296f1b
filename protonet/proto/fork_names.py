"""Words of Caffe's forks: layer types, and fields that they added to Caffe's own messages.

Collected from the `caffe.proto` and the layers of the forks' public repositories; only names,
for messages that say where a word comes from.  A word stands under the forks that have it (at
most three, the best known first).
"""

from __future__ import annotations

#: A fork as the tables call it, and as a reader knows it.
NAMES = {
    "c3d-1.0": "C3D",
    "c3d-1.1": "C3D",
    "caffe-face": "CenterLoss",
    "cascade-rcnn": "Cascade R-CNN",
    "crfasrnn": "CRF-RNN",
    "ctpn": "CTPN",
    "deconvnet": "DeconvNet",
    "deeplab2": "DeepLab",
    "deformable": "Deformable R-FCN",
    "dwconv": "MobileNet",
    "enet": "ENet",
    "fast-rcnn": "Faster R-CNN",
    "flownet2": "FlowNet 2",
    "happynear": "caffe-windows of happynear",
    "hed": "HED",
    "intel": "Intel Caffe",
    "mnc": "MNC",
    "nvidia": "NVCaffe",
    "openvino": "OpenVINO",
    "openvino-reid": "OpenVINO",
    "pspnet": "PSPNet",
    "pva": "PVANet",
    "r-fcn": "R-FCN",
    "segnet": "SegNet",
    "senet": "SENet",
    "shufflenet": "ShuffleNet",
    "sphereface": "SphereFace",
    "ssd": "SSD",
    "synopsys": "Synopsys Caffe",
    "yjxiong": "TSN",
    "yolo-eric612": "MobileNet-YOLO",
    "yolo-gklz1982": "YOLOv2",
}

#: Forks -> their layer types.
TYPES: dict[str, str] = {
    "c3d-1.1 c3d-1.0": "Convolution3D",
    "c3d-1.1 c3d-1.0 synopsys": "Pooling3D",
    "cascade-rcnn": (
        "BBoxReg BoxGroupOutput DecodeBBox DetectionData DetectionGroupAccuracy "
        "DetectionGroupLoss EvalData FrcnnOutput HardMining ProposalTarget ScaleRoute"
    ),
    "cascade-rcnn synopsys": "ROIAlign",
    "crfasrnn": "MultiStageMeanfield",
    "ctpn": "Lstm Transpose",
    "ctpn openvino-reid synopsys": "Reverse",
    "deconvnet": "Unpooling",
    "deformable": "DeformableConvolution DeformablePSROIPooling",
    "dwconv": "DepthwiseConvolution",
    "fast-rcnn r-fcn pva": "ROIPooling",
    "flownet2 synopsys": (
        "Accum Augmentation BlackAugmentation CoeffSchedule Correlation Downsample FlowWarp "
        "L1Loss LpqLoss Mean Resample"
    ),
    "happynear": (
        "ChannelScale ConfidencePenaltyLoss EltwiseAffine FCNData FeatureDecayLoss Flip "
        "FocalLoss Hotspot InfimumLoss InnerDistance Insanity LabelSpecificAffine "
        "LabelSpecificHardMargin LabelSpecificMargin LabelSpecificRescale "
        "LargeMarginInnerProduct Local NCA Noise Pairwise PredictBox SmoothL1 SoftTruncation "
        "SubRegion TripletLoss Truncation"
    ),
    "happynear caffe-face openvino-reid": "CenterLoss",
    "happynear deformable": "MIL MILData",
    "happynear openvino openvino-reid": "LabelSpecificAdd",
    "happynear sphereface": "MarginInnerProduct",
    "hed": "ImageLabelmapData",
    "intel": "MnActivation SpatialDropout",
    "mnc": "MaskResize",
    "nvidia": "DetectNetAugmentation DetectNetGroundTruth",
    "openvino": "CTCGreedyDecoder ConvolutionDepthwise PriorBoxClustered ScaleFilter",
    "openvino openvino-reid": "GRN",
    "openvino-reid": (
        "CTCDecoder CTCLoss ChannelPermutation CosineSimilarityBatch Eliminate GeneralSigmoid "
        "LocLoss PowerFile RegionYolo ReorgYolo STLoss SpatialTransformer"
    ),
    "openvino-reid mnc": "ROIWarping",
    "pspnet deeplab2": "ImageSegData",
    "pspnet deeplab2 synopsys": (
        "AdaptiveBiasChannel BiasChannel DenseCRF DomainTransform MatRead MatWrite SegAccuracy "
        "UniqueLabel"
    ),
    "pspnet openvino-reid deeplab2": "Interp",
    "pspnet yjxiong segnet": "BN",
    "pva happynear openvino-reid": "Proposal",
    "r-fcn": "SmoothL1LossOHEM SoftmaxWithLossOHEM",
    "r-fcn happynear cascade-rcnn": "PSROIPooling",
    "r-fcn openvino-reid intel": "BoxAnnotatorOHEM",
    "segnet enet synopsys": "DenseImageData",
    "segnet enet yolo-eric612": "Upsample",
    "senet": "Axpy",
    "ssd fast-rcnn r-fcn": "SmoothL1Loss",
    "ssd happynear": "Normalize",
    "ssd yjxiong c3d-1.1": "VideoData",
    "ssd yolo-eric612 happynear": "Permute",
    "ssd yolo-eric612 openvino": "AnnotatedData MultiBoxLoss PriorBox",
    "ssd yolo-eric612 yolo-gklz1982": "DetectionEvaluate DetectionOutput",
    "synopsys": (
        "Attention BatchToSpaceND BroadcastTo Corr1d CountNonzero CropAndResize DepthToSpace "
        "EmbeddingLookup EmbeddingLookupSparse ExpandDimsND GANLoss Gather GatherND GatherV2 "
        "Gemm HardSigmoid LayerNorm LogSoftmax LpNormalization MaskRCNNDetection "
        "MaskRCNNProposal MatMul MirrorPad Mul NMSGather NonMaxSuppression NotEqual OneHot Pad "
        "PointNet PyramidROIAlign RNNv2 Range ReduceAll ReduceAny ReduceL1 ReduceL2 "
        "ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ResizeBilinear "
        "ResizeNearestNeighbor ReverseSequence ScaledTanH ScatterND SeLU SeLUDropout "
        "SpaceToBatchND SpaceToDepth SparseToDense SpatialBatchingPooling Squeeze "
        "SqueezeConvolution SqueezeInnerProduct Stack StridedSlice Tensor2Box ThresholdedReLU "
        "TileND TopkGather Unstack UpsampleDarknet Where4 Where4Gathernd Where4GatherndCrop XLU "
        "YoloV2Loss YoloV3Loss"
    ),
    "synopsys shufflenet": "ShuffleChannel",
    "yjxiong": "BatchReduction SegData",
    "yolo-eric612": "SegmentationEvaluate YoloDetectionOutput YoloSeg Yolov3 Yolov3DetectionOutput",
    "yolo-eric612 openvino-reid": "ReLU6",
    "yolo-eric612 yolo-gklz1982 intel": "RegionLoss Reorg",
    "yolo-gklz1982": "DetectionLoss",
    "yolo-gklz1982 intel": "EvalDetection",
}

#: Message of Caffe -> forks -> the fields that they added to it.
FIELDS: dict[str, dict[str, str]] = {
    "AccuracyParameter": {
        "happynear": "min_is_better",
    },
    "ArgMaxParameter": {
        "openvino": "ignore_id use_ignore_ids",
        "synopsys": "min_first",
    },
    "BatchNormParameter": {
        "happynear": "disable_mean disable_variance",
        "happynear intel nvidia": "bias_filler engine",
        "happynear nvidia": "scale_filler",
        "intel": "bias_term filler relu stats_batch_size use_weight_bias",
        "nvidia": "scale_bias",
        "pspnet deeplab2 synopsys": "update_global_stats",
        "synopsys": "add_eps_before_sqrt icnet",
    },
    "BiasParameter": {
        "synopsys": (
            "bias_scale bias_zero_point input_scale input_zero_point output_scale "
            "output_zero_point quantize_method saturate"
        ),
    },
    "ConcatParameter": {
        "intel": "engine per_fla_fuse",
        "synopsys": (
            "input_scale input_zero_point output_scale output_zero_point quantize_method saturate"
        ),
    },
    "ConvolutionParameter": {
        "c3d-1.0": "filter_group kernel_depth temporal_pad temporal_stride",
        "happynear nvidia": "cudnn_convolution_algo_seeker",
        "happynear synopsys": "shape_offset",
        "intel": "coeff conv_algorithm fusion_type negative_slope relu",
        "nvidia": "conv_algos_override",
        "synopsys": (
            "dis_mode gen_mode input_scale input_zero_point output_scale output_zero_point "
            "pad_b pad_l pad_r pad_t pad_type per_channel_scale_output per_channel_scale_weight "
            "quantize_method saturate submanifold_sparse weight_fixed weight_scale "
            "weight_zero_point"
        ),
        "yjxiong": "dilation_h dilation_w",
    },
    "CropParameter": {
        "openvino-reid": "dimsize",
    },
    "DataParameter": {
        "c3d-1.0": "show_data",
        "flownet2 synopsys": (
            "block_size disk_reader_threads encoding huge_video_dataset limit_samples "
            "permute_every_iter preselection_file preselection_label rand_permute "
            "rand_permute_order rand_permute_seed range_end range_start slice_point subtract "
            "verbose"
        ),
        "nvidia": "cache parser_threads precache threads",
        "synopsys": "random",
        "yjxiong intel nvidia": "shuffle",
        "yolo-gklz1982 intel synopsys": "side",
    },
    "DropoutParameter": {
        "fast-rcnn r-fcn ctpn": "scale_train",
        "happynear": "sqrt_scale",
        "nvidia": "engine random_seed",
        "segnet enet synopsys": "sample_weights_test",
    },
    "ELUParameter": {
        "nvidia": "lambda",
    },
    "EltwiseParameter": {
        "intel": "engine",
        "synopsys": (
            "axis input_scale input_zero_point output_scale output_zero_point quantize_method "
            "saturate"
        ),
    },
    "FillerParameter": {
        "flownet2 synopsys": "diag_val",
        "happynear": "alpha",
        "intel": "scale",
        "openvino-reid": "file",
    },
    "ImageDataParameter": {
        "c3d-1.0": (
            "clip_max clip_min is_flow mean_value new_length num_truth_channels sampling_rate "
            "show_data truth_scale use_byte_input use_image use_label use_temporal_jitter"
        ),
        "deconvnet": "has_label max_labels other_object_label",
        "enet": "label_divide_factor",
        "happynear": (
            "balance_by balance_class face_mirror face_point_num face_transform label_cut_end "
            "label_cut_start max_aspect_ratio max_random_scale max_random_shift "
            "max_rotate_angle max_shear_ratio min_random_scale"
        ),
        "intel": "min_height min_width",
        "nvidia": "cache dataset_share_per_node precache short_side threads",
        "pspnet deconvnet deeplab2": "ignore_label label_type",
    },
    "InnerProductParameter": {
        "happynear openvino openvino-reid": "normalize",
        "intel": "engine negative_slope relu",
        "synopsys": (
            "dis_mode gen_mode input_scale input_zero_point output_scale output_zero_point "
            "quantize_method saturate weight_fixed weight_scale weight_zero_point"
        ),
    },
    "InputParameter": {
        "synopsys": "output_scale output_zero_point",
    },
    "LRNParameter": {
        "synopsys": "input_scale output_scale",
    },
    "LayerParameter": {
        "c3d-1.1": "convolution3d_param",
        "c3d-1.1 synopsys": "pooling3d_param",
        "cascade-rcnn": (
            "bbox_reg_param box_group_output_param decode_bbox_param detection_data_param "
            "detection_group_accuracy_param detection_group_loss_param eval_data_param "
            "frcnn_output_param hard_mining_param proposal_target_param scale_route_param"
        ),
        "crfasrnn": "multi_stage_meanfield_param",
        "ctpn": "ctc_param lstm_param transpose_param",
        "ctpn openvino-reid synopsys": "reverse_param",
        "fast-rcnn r-fcn pva": "roi_pooling_param smooth_l1_loss_param",
        "flownet2 synopsys": (
            "accum_param augmentation_param black_augmentation_param coeff_schedule_param "
            "correlation_param downsample_param flow_warp_param l1_loss_param lpq_loss_param "
            "mean_param reader_param resample_param reshape_every_iter writer_param"
        ),
        "happynear": (
            "batch_contrastive_loss_param channel_scale_param confidence_penalty_loss_param "
            "eltwise_affine_param fcn_data_param feature_decay_loss_param flip_param "
            "focal_loss_param general_contrastive_loss_param hotspot_param infimum_loss_param "
            "inner_distance_param insanity_param label_specific_affine_param "
            "label_specific_hard_margin_param label_specific_margin_param "
            "label_specific_rescale_param largemargin_inner_product_param local_param nca_param "
            "noise_param normalize_param ordinal_regression_loss_param pairwise_param "
            "predict_box_param resize_param smoothl1_param soft_contrastive_loss_param "
            "soft_truncation_param sub_region_param triplet_loss_param truncation_param"
        ),
        "happynear caffe-face openvino-reid": "center_loss_param",
        "happynear deformable": "mil_data_param mil_param",
        "happynear openvino openvino-reid": "label_specific_add_param",
        "happynear openvino-reid": "general_triplet_loss_param",
        "happynear sphereface": "margin_inner_product_param",
        "intel": (
            "engine mn_activation_param mn_grad_compress_param multinode spatial_dropout_param "
            "split_param"
        ),
        "mnc": "mask_resize_param",
        "nvidia": (
            "backward_math backward_type cudnn_math_override debug detectnet_augmentation_param "
            "detectnet_groundtruth_param forward_math forward_type trt_param"
        ),
        "openvino": "embedding_extractor_param scale_filter_param",
        "openvino openvino-reid": "grn_param",
        "openvino-reid": (
            "channel_permutation_param cosine_similarity_batch_param ctc_decoder_param "
            "ctc_loss_param eliminate_param general_sigmoid_param loc_loss_param "
            "power_file_param region_yolo_param reorg_yolo_param rss_loss_param st_loss_param "
            "st_param"
        ),
        "openvino-reid mnc": "roi_warping_param",
        "pspnet deeplab2 synopsys": (
            "adaptive_bias_channel_param bias_channel_param dense_crf_param "
            "domain_transform_param mat_read_param mat_write_param seg_accuracy_param "
            "unique_label_param"
        ),
        "pspnet openvino-reid deeplab2": "interp_param",
        "pspnet yjxiong segnet": "bn_param",
        "pva happynear openvino-reid": "proposal_param",
        "r-fcn happynear cascade-rcnn": "psroi_pooling_param",
        "r-fcn openvino-reid intel": "box_annotator_ohem_param",
        "segnet enet synopsys": "dense_image_data_param",
        "segnet enet yolo-eric612": "upsample_param",
        "ssd yjxiong c3d-1.1": "video_data_param",
        "ssd yolo-eric612 happynear": "permute_param",
        "ssd yolo-eric612 openvino": (
            "annotated_data_param multibox_loss_param norm_param prior_box_param"
        ),
        "ssd yolo-eric612 yolo-gklz1982": "detection_evaluate_param detection_output_param",
        "synopsys": (
            "attention_param batch_to_space_nd_param broadcast_to_param corr1d_param "
            "count_nonzero_param crop_and_resize_param depth_to_space_param "
            "embedding_lookup_param embedding_lookup_sparse_param expand_dims_nd_param "
            "gan_loss_param gather_nd_param gather_param gather_v2_param gemm_param "
            "hard_sigmoid_param layer_norm_param log_softmax_param lp_normalization_param "
            "maskrcnn_detection_param maskrcnn_proposal_param matmul_param mirror_pad_param "
            "mul_param nms_gather_param nms_param non_max_suppression_param not_equal_param "
            "one_hot_param pad_param piece_param point_net_param pyramid_roi_align_param "
            "range_param reduce_all_param reduce_any_param reduce_l1_param reduce_l2_param "
            "reduce_logsumexp_param reduce_max_param reduce_mean_param reduce_min_param "
            "reduce_prod_param reduce_sum_param resize_bilinear_param "
            "resize_nearest_neighbor_param reverse_sequence_param rnn_v2_param roi_align_param "
            "scaled_tanh_param scatter_nd_param selu_dropout_param selu_param "
            "shuffle_channel_param space_to_batch_nd_param space_to_depth_param "
            "sparse_to_dense_param spatial_batching_pooling_param squeeze_convolution_param "
            "squeeze_inner_product_param squeeze_param stack_param strided_slice_param "
            "tensor2box_param thresholded_relu_param tile_nd_param topk_gather_param "
            "unstack_param upsample_darknet_param where4_gathernd_crop_param "
            "where4_gathernd_param where4_param xlu_param yolo_v2_loss_param yolo_v3_loss_param"
        ),
        "yjxiong": "batch_reduction_param seg_data_param",
        "yolo-eric612": (
            "segmentation_evaluate_param yolo_detection_output_param yolo_seg_param "
            "yolov3_detection_output_param yolov3_param"
        ),
        "yolo-eric612 openvino-reid": "relu6_param",
        "yolo-eric612 yolo-gklz1982 intel": "region_loss_param reorg_param",
        "yolo-gklz1982": "detection_loss_param",
        "yolo-gklz1982 intel": "eval_detection_param quantization_param",
    },
    "LossParameter": {
        "intel nvidia": "label_smoothing",
        "openvino": "adaptive_weighting gamma max_entropy_weight max_weight min_weight scale",
        "r-fcn openvino-reid intel": "pre_fixed_normalizer",
        "segnet enet openvino": "class_weighting weight_by_label_freqs",
    },
    "MVNParameter": {
        "synopsys": "add_eps_before_sqrt",
    },
    "MemoryDataParameter": {
        "happynear": "transpose",
    },
    "NetParameter": {
        "intel": "bn_stats_batch_size compile_net_state engine multinode",
        "nvidia": (
            "default_backward_math default_backward_type default_conv_algos_override "
            "default_cudnn_math_override default_forward_math default_forward_type "
            "eltwise_mem_sharing global_grad_scale global_grad_scale_adaptive reduce_buckets"
        ),
        "openvino-reid": "profile_info profile_iter profile_warmup",
        "yjxiong": "mem_param",
    },
    "ParameterParameter": {
        "happynear": "blob_filler",
        "openvino openvino-reid": "filler norm_axis",
    },
    "PoolingParameter": {
        "c3d-1.0": "kernel_depth temporal_stride",
        "cascade-rcnn openvino-reid synopsys": "ceil_mode",
        "happynear": "blobs_a_min blobs_lr",
        "intel": "avg_include_pad axis kernel_size_3d pad_3d stride_3d",
        "nvidia": "torch_pooling",
        "openvino": "dilation",
        "synopsys": (
            "input_scale input_zero_point output_scale output_shift_instead_division "
            "output_zero_point pad_b pad_l pad_r pad_t pad_type quantize_method saturate"
        ),
    },
    "PowerParameter": {
        "synopsys": "quantize_method saturate",
    },
    "ReLUParameter": {
        "intel": "fuse",
        "synopsys": (
            "input_scale input_zero_point maximum minimum output_scale output_zero_point relu6 "
            "saturate"
        ),
    },
    "RecurrentParameter": {
        "synopsys": (
            "activation_alpha activation_beta activations continue_recur default_initial "
            "direction linear_before_reset tf_rnn"
        ),
    },
    "ReductionParameter": {
        "yjxiong": "k",
    },
    "ReshapeParameter": {
        "intel synopsys": "pixelshuffler",
    },
    "ScaleParameter": {
        "happynear": "max_value min_value",
        "synopsys": "dis_mode gen_mode",
    },
    "SigmoidParameter": {
        "synopsys": "input_scale input_zero_point output_scale output_zero_point saturate",
    },
    "SoftmaxParameter": {
        "happynear": (
            "class_weight cutting_point hard_mining_label hard_ratio label_smooth_factor "
            "normalize_type"
        ),
        "synopsys": "input_scale input_zero_point output_scale output_zero_point saturate",
    },
    "SolverParameter": {
        "happynear": "clamp_weights_lower clamp_weights_upper clip_weights",
        "intel": (
            "disabled_update engine local_gw_ratio local_lr_auto test_offset warmup_iter "
            "warmup_start_lr"
        ),
        "nvidia": (
            "larc larc_eta larc_policy larc_turbo max_momentum max_weight_decay min_lr "
            "momentum_policy momentum_power rampup_interval rampup_lr solver_data_type "
            "store_blobs_in_old_format test_and_snapshot_last_epochs weight_decay_policy "
            "weight_decay_power"
        ),
        "ssd pva yolo-eric612": "plateau_winsize",
        "ssd yolo-eric612 cascade-rcnn": "ap_version eval_type show_per_class_result",
        "synopsys": "gan_solver",
        "yjxiong": "group_id richness",
        "yolo-eric612 yolo-gklz1982 intel": "stageiter stagelr",
    },
    "TransformationParameter": {
        "happynear openvino-reid": (
            "aspect_max aspect_min center_crop erase_ratio scale_max scale_min"
        ),
        "intel": "bgr2rgb flow pad random_aspect_ratio_param random_resize_param",
        "nvidia": (
            "allow_upscale display forward_packing horizontal_stretch_lower "
            "horizontal_stretch_upper img_rand_resize_lower img_rand_resize_upper "
            "interpolation_algo_down interpolation_algo_up num_labels rand_resize_ratio_lower "
            "rand_resize_ratio_upper random_seed use_gpu_transform vertical_stretch_lower "
            "vertical_stretch_upper"
        ),
        "pspnet deeplab2 synopsys": "crop_height crop_width scale_factors",
        "ssd yolo-eric612 happynear": "crop_h crop_w",
        "ssd yolo-eric612 openvino": (
            "distort_param emit_constraint expand_param noise_param resize_param"
        ),
        "synopsys": "caffe_yolo",
        "yjxiong": (
            "fix_crop is_flow max_distort more_fix_crop multi_scale original_image scale_ratios "
            "stride upper_height upper_size upper_width"
        ),
        "yolo-eric612": (
            "apply_probability contrast_brightness_adjustment cvt_bgr2rgb debug_params "
            "enable_classf_aug max_brightness_shift max_color_shift max_contrast "
            "max_rotation_angle max_scaling_factor max_smooth min_contrast min_scaling_factor "
            "min_side min_side_max min_side_min smooth_filtering"
        ),
    },
}
