//! Gradients of the operators.

use burn::backend::autodiff::Autodiff;
use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;

use super::Kernels;

type Tracked<B, C> = FloatTensor<Autodiff<B, C>>;

/// Convolution: stride and padding are its state.
#[derive(Debug)]
struct ConvolutionBackward;

impl<B: Kernels> Backward<B, 2> for ConvolutionBackward {
    type State = (NodeId, NodeId, usize, usize);

    fn backward(
        self,
        ops: Ops<Self::State, 2>,
        gradients: &mut Gradients,
        checkpointer: &mut Checkpointer,
    ) {
        let [of_input, of_weight] = ops.parents;
        let gradient = gradients.consume::<B>(&ops.node);
        let (input, weight, stride, padding) = ops.state;
        let input: FloatTensor<B> = checkpointer.retrieve_node_output(input);
        let weight: FloatTensor<B> = checkpointer.retrieve_node_output(weight);
        if let Some(node) = of_input {
            let value = B::convolution_input_gradient(
                input.clone(),
                weight.clone(),
                gradient.clone(),
                stride,
                padding,
            );
            gradients.register::<B>(node.id, value);
        }
        if let Some(node) = of_weight {
            let value = B::convolution_weight_gradient(input, weight, gradient, stride, padding);
            gradients.register::<B>(node.id, value);
        }
    }
}

/// Transposed convolution: the convolution with the same weights and stride is its gradient.
#[derive(Debug)]
struct TransposedBackward;

impl<B: Kernels> Backward<B, 2> for TransposedBackward {
    type State = (NodeId, NodeId, usize);

    fn backward(
        self,
        ops: Ops<Self::State, 2>,
        gradients: &mut Gradients,
        checkpointer: &mut Checkpointer,
    ) {
        let [of_input, of_weight] = ops.parents;
        let gradient = gradients.consume::<B>(&ops.node);
        let (input, weight, stride) = ops.state;
        let input: FloatTensor<B> = checkpointer.retrieve_node_output(input);
        let weight: FloatTensor<B> = checkpointer.retrieve_node_output(weight);
        if let Some(node) = of_input {
            let value = B::convolution(gradient.clone(), weight.clone(), stride, 0);
            gradients.register::<B>(node.id, value);
        }
        if let Some(node) = of_weight {
            let value = B::convolution_weight_gradient(gradient, weight, input, stride, 0);
            gradients.register::<B>(node.id, value);
        }
    }
}

#[derive(Debug)]
struct NormalisationBackward;

impl<B: Kernels> Backward<B, 3> for NormalisationBackward {
    type State = (NodeId, NodeId, f64);

    fn backward(
        self,
        ops: Ops<Self::State, 3>,
        gradients: &mut Gradients,
        checkpointer: &mut Checkpointer,
    ) {
        let gradient = gradients.consume::<B>(&ops.node);
        let (input, scale, epsilon) = ops.state;
        let input: FloatTensor<B> = checkpointer.retrieve_node_output(input);
        let scale: FloatTensor<B> = checkpointer.retrieve_node_output(scale);
        let (of_input, of_scale, of_shift) =
            B::instance_normalisation_gradients(input, scale, gradient, epsilon);
        for (node, value) in ops.parents.into_iter().zip([of_input, of_scale, of_shift]) {
            if let Some(node) = node {
                gradients.register::<B>(node.id, value);
            }
        }
    }
}

#[derive(Debug)]
struct LeakyReluBackward;

impl<B: Kernels> Backward<B, 1> for LeakyReluBackward {
    type State = (FloatTensor<B>, f64);

    fn backward(
        self,
        ops: Ops<Self::State, 1>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let [of_input] = ops.parents;
        let gradient = gradients.consume::<B>(&ops.node);
        let (output, slope) = ops.state;
        if let Some(node) = of_input {
            let value = B::leaky_relu_backward(output, gradient, slope);
            gradients.register::<B>(node.id, value);
        }
    }
}

impl<B: Kernels, C: CheckpointStrategy> Kernels for Autodiff<B, C> {
    fn convolution(
        input: Tracked<B, C>,
        weight: Tracked<B, C>,
        stride: usize,
        padding: usize,
    ) -> Tracked<B, C> {
        match ConvolutionBackward
            .prepare::<C>([input.node(), weight.node()])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(mut prepared) => {
                let state = (
                    prepared.checkpoint(&input),
                    prepared.checkpoint(&weight),
                    stride,
                    padding,
                );
                let output = B::convolution(
                    input.into_primitive(),
                    weight.into_primitive(),
                    stride,
                    padding,
                );
                prepared.finish(state, output)
            }
            OpsKind::UnTracked(prepared) => prepared.finish(B::convolution(
                input.into_primitive(),
                weight.into_primitive(),
                stride,
                padding,
            )),
        }
    }

    fn transposed_convolution(
        input: Tracked<B, C>,
        weight: Tracked<B, C>,
        stride: usize,
    ) -> Tracked<B, C> {
        match TransposedBackward
            .prepare::<C>([input.node(), weight.node()])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(mut prepared) => {
                let state = (
                    prepared.checkpoint(&input),
                    prepared.checkpoint(&weight),
                    stride,
                );
                let output = B::transposed_convolution(
                    input.into_primitive(),
                    weight.into_primitive(),
                    stride,
                );
                prepared.finish(state, output)
            }
            OpsKind::UnTracked(prepared) => prepared.finish(B::transposed_convolution(
                input.into_primitive(),
                weight.into_primitive(),
                stride,
            )),
        }
    }

    fn instance_normalisation(
        input: Tracked<B, C>,
        scale: Tracked<B, C>,
        shift: Tracked<B, C>,
        epsilon: f64,
    ) -> Tracked<B, C> {
        match NormalisationBackward
            .prepare::<C>([input.node(), scale.node(), shift.node()])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(mut prepared) => {
                let state = (
                    prepared.checkpoint(&input),
                    prepared.checkpoint(&scale),
                    epsilon,
                );
                let output = B::instance_normalisation(
                    input.into_primitive(),
                    scale.into_primitive(),
                    shift.into_primitive(),
                    epsilon,
                );
                prepared.finish(state, output)
            }
            OpsKind::UnTracked(prepared) => prepared.finish(B::instance_normalisation(
                input.into_primitive(),
                scale.into_primitive(),
                shift.into_primitive(),
                epsilon,
            )),
        }
    }

    fn leaky_relu_forward(input: Tracked<B, C>, slope: f64) -> Tracked<B, C> {
        match LeakyReluBackward
            .prepare::<C>([input.node()])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prepared) => {
                let output = B::leaky_relu_forward(input.into_primitive(), slope);
                prepared.finish((output.clone(), slope), output)
            }
            OpsKind::UnTracked(prepared) => {
                prepared.finish(B::leaky_relu_forward(input.into_primitive(), slope))
            }
        }
    }
}
