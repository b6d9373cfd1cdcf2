"""The model convolution, compiled by nndsl."""

from nndsl.kernels import (
    contract,
    draw_uniform,
    entry,
    exp,
    f4,
    flush_denormals,
    gather_rows,
    gemm,
    inf,
    isfinite,
    kernel,
    log,
    maximum,
    meet,
    rare,
    restore_denormals,
    view,
    where,
)

GEMM = 0
COMPUTE_KERNEL = 1
COMPUTE_KERNEL_2 = 2
COMPUTE_BIAS = 3
COMPUTE_KERNEL_3 = 4
COMPUTE_KERNEL_4 = 5
COMPUTE_KERNEL_5 = 6
COMPUTE_IMAGE_PADDED = 7
COMPUTE_OUTPUT_PADDED = 8
COMPUTE_Y_PADDED = 9
COMPUTE_OUTPUT = 10
COMPUTE_Z_SPREAD = 11
COMPUTE_Y = 12
COMPUTE_X_MAX_EXP = 13
COMPUTE_SUM_OBJECTIVE = 14
COMPUTE_D_SUM = 15
COMPUTE_D_LOSS_D_SUM = 16
COMPUTE_D_X_D_BIAS = 17
COMPUTE_D_Z_SPREAD = 18
COMPUTE_D_Z_D_BIAS = 19
COMPUTE_D_OUTPUT_PADDED_D_Z_D_BIAS = 20
COMPUTE_LEARNING = 21
COMPUTE_KERNEL_6 = 22
COMPUTE_Y_PADDED_2 = 23
COMPUTE_X_MAX_EXP_2 = 24
CONTRACT = 25
MEET = 26

# Whose outermost loops threads may share: the cell of their extent, the cells of all extents, and
# for each array the cell of its start and those whose product is its step.
SHARED = {
    COMPUTE_IMAGE_PADDED: (3, (3, 4, 7), ((1, (5,)), (2, (6, 9)))),
    COMPUTE_OUTPUT_PADDED: (4, (4, 5, 8, 11), ((1, (6,)), (2, (7, 10, 11)))),
    COMPUTE_Y_PADDED: (4, (4, 5, 8, 12), ((1, (6,)), (2, (10, 13)), (3, (6,)))),
    COMPUTE_OUTPUT: (4, (4, 5), ((1, (5,)), (3, (5,)))),
    COMPUTE_Z_SPREAD: (2, (2,), ((1, ()),)),
    COMPUTE_Y: (3, (3, 4, 5), ((1, (6,)), (2, (4, 5)))),
    COMPUTE_D_LOSS_D_SUM: (6, (6,), ((2, ()), (3, ()), (4, ()), (5, ()))),
    COMPUTE_KERNEL_6: (4, (4,), ((2, ()), (3, ()))),
}


@rare
def compute_kernel(kernel, l_size, stream, seed, step):
    # kernel[i,j,k,l] = uniform()    convolution.nn:4
    for l in range(l_size):
        kernel[l] = f4(draw_uniform(seed, step, stream, l))


@rare
def compute_kernel_2(kernel, l_size):
    # kernel[i,j,k,l] = -0.17407765595569785 + 0.3481553119113957 · kernel[i,j,k,l]    convolution.nn:4
    for l in range(l_size):
        v0 = f4(-0.17407765595569785) + f4(0.3481553119113957) * kernel[l]
        kernel[l] = v0


@rare
def compute_bias(bias, i_size):
    # bias[i] = 0    convolution.nn:5
    for i in range(i_size):
        bias[i] = f4(0)


@rare
def compute_kernel_3(kernel, l_size):
    # kernel[i,j,k,l] = -0.1543033499620919 + 0.3086066999241838 · kernel[i,j,k,l]    convolution.nn:4
    for l in range(l_size):
        v0 = f4(-0.1543033499620919) + f4(0.3086066999241838) * kernel[l]
        kernel[l] = v0


@rare
def compute_kernel_4(kernel, l_size):
    # kernel[i,j,k,l] = -0.23570226039551584 + 0.4714045207910317 · kernel[i,j,k,l]    convolution.nn:18
    for l in range(l_size):
        v0 = f4(-0.23570226039551584) + f4(0.4714045207910317) * kernel[l]
        kernel[l] = v0


@rare
def compute_kernel_5(kernel, j_size):
    # kernel[i,j] = -0.20203050891044214 + 0.40406101782088427 · kernel[i,j]    library/layers.nn
    for j in range(j_size):
        v0 = f4(-0.20203050891044214) + f4(0.40406101782088427) * kernel[j]
        kernel[j] = v0


@kernel
def compute_image_padded(image_padded, image, i0_size, i3_size, stride, i1_size, i3_size_2, stride_2, i3_size_3):
    # image padded[i0,i1,i2,i3] = 0    convolution.nn:7 padded
    # image padded[i0,i1 + 10,i2,i3] = 0    convolution.nn:7 padded
    # image padded[i0,i1 + 1,i2,i3] = 0    convolution.nn:7 padded
    # image padded[i0,i1 + 1,i2 + 10,i3] = 0    convolution.nn:7 padded
    # image padded[i0,i1 + 1,i2 + 1,i3] = image[i0,i1,i2,i3]    convolution.nn:7 padded
    for i0 in range(i0_size):
        for i3 in range(i3_size):
            image_padded[i0 * stride + i3] = f4(0)
        for i3 in range(i3_size):
            image_padded[i0 * stride + i3 + 220] = f4(0)
        for i1 in range(i1_size):
            for i3 in range(i3_size_2):
                image_padded[i0 * stride + i1 * stride_2 + i3 + 22] = f4(0)
        for i1 in range(i1_size):
            for i3 in range(i3_size_2):
                image_padded[i0 * stride + i1 * stride_2 + i3 + 42] = f4(0)
        for i1 in range(i1_size):
            for i3 in range(i3_size_3):
                image_padded[i0 * stride + i1 * stride_2 + i3 + 24] = image[i0 * i1_size * i3_size_3 + i1 * i3_size_3 + i3]


@kernel
def compute_output_padded(output_padded, z, bias, i0_size, i3_size, stride, i1_size, i3_size_2, stride_2, q_size,
                          f_size):
    # output padded[i0,i1 + 9,i2,i3] = -inf    convolution.nn:13 padded
    # output padded[i0,i1,i2 + 9,i3] = -inf    convolution.nn:13 padded
    # output padded[n,p,q,f] = where(z[n,p,q,f] + bias[f] > 0, z[n,p,q,f] + bias[f], 0)    convolution.nn:8
    for i0 in range(i0_size):
        for i3 in range(i3_size):
            output_padded[i0 * stride + i3 + 1800] = f4(-inf)
        for i1 in range(i1_size):
            for i3 in range(i3_size_2):
                output_padded[i0 * stride + i1 * stride_2 + i3 + 180] = f4(-inf)
            for q in range(q_size):
                for f in range(f_size):
                    v0 = z[i0 * i1_size * q_size * f_size + i1 * q_size * f_size + q * f_size + f]
                    v1 = bias[f]
                    output_padded[i0 * stride + i1 * stride_2 + q * f_size + f] = where(v0 + v1 > f4(0), v0 + v1, f4(0))


@kernel
def compute_y_padded(y_padded, output_padded, y, i0_size, i3_size, stride, i1_size, i3_size_2, stride_2, p_size, q_size,
                     c_size, stride_3, stride_4):
    # y padded[i0,i1,i2,i3] = 0    convolution.nn:7 padded
    # y padded[i0,i1 + 6,i2,i3] = 0    convolution.nn:7 padded
    # y padded[i0,i1 + 1,i2,i3] = 0    convolution.nn:7 padded
    # y padded[i0,i1 + 1,i2 + 6,i3] = 0    convolution.nn:7 padded
    # y padded[n,p + 1,q + 1,c] = max[i,j](output padded[n,p · 2 + i,q · 2 + j,c])    convolution.nn:13
    for i0 in range(i0_size):
        for i3 in range(i3_size):
            y_padded[i0 * stride + i3] = f4(0)
        for i3 in range(i3_size):
            y_padded[i0 * stride + i3 + 840] = f4(0)
        for i1 in range(i1_size):
            for i3 in range(i3_size_2):
                y_padded[i0 * stride + i1 * stride_2 + i3 + 140] = f4(0)
        for i1 in range(i1_size):
            for i3 in range(i3_size_2):
                y_padded[i0 * stride + i1 * stride_2 + i3 + 260] = f4(0)
        for p in range(p_size):
            for q in range(q_size):
                for c in range(c_size):
                    v0 = f4(-inf)
                    v1 = 0
                    v2 = output_padded[i0 * p_size * stride_3 + p * stride_3 + 0 * q_size * stride_4 + q * stride_4 + 0 * c_size + c]
                    v1 = where(v2 > v0, 0, v1)
                    v0 = where(v2 > v0, v2, v0)
                    v3 = output_padded[i0 * p_size * stride_3 + p * stride_3 + 0 * q_size * stride_4 + q * stride_4 + 1 * c_size + c]
                    v1 = where(v3 > v0, 1, v1)
                    v0 = where(v3 > v0, v3, v0)
                    v4 = output_padded[i0 * p_size * stride_3 + p * stride_3 + 1 * q_size * stride_4 + q * stride_4 + 0 * c_size + c]
                    v1 = where(v4 > v0, 2, v1)
                    v0 = where(v4 > v0, v4, v0)
                    v5 = output_padded[i0 * p_size * stride_3 + p * stride_3 + 1 * q_size * stride_4 + q * stride_4 + 1 * c_size + c]
                    v1 = where(v5 > v0, 3, v1)
                    v0 = where(v5 > v0, v5, v0)
                    y_padded[i0 * stride + p * stride_2 + q * c_size + c + 160] = v0
                    y[i0 * stride + p * stride_2 + q * c_size + c + 160] = v1


@kernel
def compute_output(z, bias, output, q_size, f_size):
    # output[n,p,q,f] = where(z[n,p,q,f] + bias[f] > 0, z[n,p,q,f] + bias[f], 0)    convolution.nn:8
    for q in range(q_size):
        for f in range(f_size):
            v0 = z[q * f_size + f]
            v1 = bias[f]
            output[q * f_size + f] = where(v0 + v1 > f4(0), v0 + v1, f4(0))


@kernel
def compute_z_spread(z_spread, i3_size):
    # z spread[i0,i1,i2,i3] = 0    convolution.nn:20 cleared
    for i3 in range(i3_size):
        z_spread[i3] = f4(0)


@kernel
def compute_y(z_spread, y, n_size, i_size, k_size, stride, stride_2):
    # y[n,(i · 6 + j) · 4 + k] = z spread[n,i + 1,j + 1,k]    library/layers_shape.nn
    for n in range(n_size):
        for i in range(i_size):
            for k in range(k_size):
                y[n * i_size * k_size + i * k_size + k] = z_spread[n * stride + i * stride_2 + k]


@kernel
def compute_x_max_exp(z, bias, x, max, exp_2, sum, p, p_2, loss, n_size, u_size, c_size, stride):
    # x[n,u] = z[n,u] + bias[u]    library/layers.nn
    # max[n] = max[c](x[n,c])    library/activations.nn
    # exp[n,c] = exp(x[n,c] - stop(max[n]))    library/activations.nn
    # sum[n] = Σ_c exp[n,c]    library/activations.nn
    # p[n,c] = exp[n,c] / sum[n]    library/activations.nn
    # loss[n] = log(sum[n]) - (x[n,p[n]] - stop(max[n]))    convolution.nn:30
    for n in range(n_size):
        for u in range(u_size):
            x[n * u_size + u] = z[n * u_size + u] + bias[u]
        v0 = f4(-inf)
        for c in range(c_size):
            v0 = maximum(v0, x[n * c_size + c])
        max[n] = v0
        for c in range(c_size):
            exp_2[n * c_size + c] = exp(x[n * c_size + c] - v0)
        v1 = f4(0)
        for c in range(c_size):
            v1 += exp_2[n * c_size + c]
        sum[n] = v1
        for c in range(c_size):
            p[n * c_size + c] = exp_2[n * c_size + c] / v1
        loss[n] = log(v1) - (x[n * stride + p_2[n]] - v0)


@kernel
def compute_sum_objective(sample_weight, loss, sum, objective, n_size, batch):
    # sum = Σ_n sample weight[n] · loss[n]    convolution.nn:30
    # objective = sum / batch    convolution.nn:30
    v0 = f4(0)
    for n in range(n_size):
        v0 += sample_weight[n] * loss[n]
    sum[0] = v0
    objective[0] = v0 / f4(batch)


@kernel
def compute_d_sum(d_sum, batch):
    # ∂sum = 1 / batch    convolution.nn:30 adjoint of objective
    d_sum[0] = f4(1) / f4(batch)


@kernel
def compute_d_loss_d_sum(d_sum, sample_weight, d_loss, sum, d_sum_2, n_size):
    # ∂loss[n] = ∂sum · sample weight[n]    convolution.nn:30 adjoint of objective.sum
    # ∂sum[n] = ∂loss[n] / sum[n]    convolution.nn:30 adjoint of loss
    v0 = d_sum[0]
    for n in range(n_size):
        v1 = v0 * sample_weight[n]
        d_loss[n] = v1
        d_sum_2[n] = v1 / sum[n]


@kernel
def compute_d_x_d_bias(d_bias, d_x, d_loss, p, d_sum, exp_2, c_size, i0_size, i1_size, stride):
    # ∂x[i0,i1] = 0    convolution.nn:30 cleared
    # ∂x[n,p[n]] += -∂loss[n]    convolution.nn:30 adjoint of loss
    # ∂x[n,c] += ∂sum[n] · exp[n,c]    library/activations.nn adjoint of p.exp
    # ∂bias[u] = Σ_n ∂x[n,u]    library/layers.nn adjoint of dense_1.softmax.x
    for c in range(c_size):
        d_bias[c] = f4(0)
    for i0 in range(i0_size):
        for i1 in range(i1_size):
            d_x[i0 * i1_size + i1] = f4(0)
        d_x[i0 * stride + p[i0]] += -d_loss[i0]
        v0 = d_sum[i0]
        for c in range(c_size):
            v1 = d_x[i0 * c_size + c] + v0 * exp_2[i0 * c_size + c]
            d_x[i0 * c_size + c] = v1
            d_bias[c] += v1


@kernel
def compute_d_z_spread(d_z_spread, d_y, i0_size, i3_size, p_size, f_size, stride, stride_2):
    # ∂z spread[i0,i1,i2,i3] = 0    convolution.nn:20 cleared
    # ∂z spread[n,p + 1,q + 1,f] += ∂y[n,p · 24 + q · 4 + f]    convolution.nn:20 adjoint of grown_1.z
    for i0 in range(i0_size):
        for i3 in range(i3_size):
            d_z_spread[i0 * i3_size + i3] = f4(0)
        for p in range(p_size):
            for f in range(f_size):
                d_z_spread[i0 * stride + p * stride_2 + f + 32] += d_y[i0 * p_size * f_size + p * f_size + f]


@kernel
def compute_d_z_d_bias(d_bias, output, d_output, d_z, f_size, q_size):
    # ∂z[n,p,q,f] = where(output[n,p,q,f] > 0, ∂output[n,p,q,f], 0)    convolution.nn:8 adjoint of
    #     convolution_2.output
    # ∂bias[f] = Σ_{n,p,q} ∂z[n,p,q,f]    convolution.nn:8 adjoint of convolution_2.output
    for f in range(f_size):
        d_bias[f] = f4(0)
    for q in range(q_size):
        for f in range(f_size):
            v0 = where(output[q * f_size + f] > f4(0), d_output[q * f_size + f], f4(0))
            d_z[q * f_size + f] = v0
            d_bias[f] += v0


@kernel
def compute_d_output_padded_d_z_d_bias(d_bias, y, d_y_padded, d_output_padded, output_padded, d_z, f_size, n_size,
                                       p_size, i_size, q_size, j_size, c_size, stride, stride_2, p_size_2, q_size_2,
                                       stride_3, stride_4):
    # ∂output padded[n,p · 2 + i,q · 2 + j,c] = where(y[n,p + 1,q + 1,c] == i · 2 + j, ∂y padded[n,p + 1,q +
    #     1,c], 0)    convolution.nn:13 adjoint of largest_1.y
    # ∂z[n,p,q,f] = where(output padded[n,p,q,f] > 0, ∂output padded[n,p,q,f], 0)    convolution.nn:8 adjoint
    #     of convolution_1.output
    # ∂bias[f] = Σ_{n,p,q} ∂z[n,p,q,f]    convolution.nn:8 adjoint of convolution_1.output
    for f in range(f_size):
        d_bias[f] = f4(0)
    for n in range(n_size):
        for p in range(p_size):
            for i in range(i_size):
                for q in range(q_size):
                    for j in range(j_size):
                        for c in range(c_size):
                            d_output_padded[n * p_size * i_size * q_size * j_size * c_size + p * i_size * q_size * j_size * c_size + i * q_size * j_size * c_size + q * j_size * c_size + j * c_size + c] = where(y[n * stride + p * stride_2 + q * c_size + c] == i * 2 + j, d_y_padded[n * stride + p * stride_2 + q * c_size + c], f4(0))
        for p in range(p_size_2):
            for q in range(q_size_2):
                for f in range(f_size):
                    v0 = where(output_padded[n * stride_3 + p * stride_4 + q * f_size + f] > f4(0), d_output_padded[n * stride_3 + p * stride_4 + q * f_size + f], f4(0))
                    d_z[n * p_size_2 * q_size_2 * f_size + p * q_size_2 * f_size + q * f_size + f] = v0
                    d_bias[f] += v0


@kernel
def compute_learning(learning, rate):
    # learning = 0.01 · rate    library/every/optimizer.nn
    learning[0] = f4(0.01) * f4(rate)


@kernel
def compute_kernel_6(learning, kernel, d_kernel, l_size):
    # kernel[i,j,k,l] = kernel[i,j,k,l] - learning · ∂kernel[i,j,k,l]    library/optimizers.nn
    v0 = learning[0]
    for l in range(l_size):
        v1 = kernel[l] - v0 * d_kernel[l]
        kernel[l] = v1


@kernel
def compute_y_padded_2(y_padded, output_padded, i0_size, i3_size, stride, i1_size, i3_size_2, stride_2, p_size, q_size,
                       c_size, stride_3, stride_4):
    # y padded[i0,i1,i2,i3] = 0    convolution.nn:7 padded
    # y padded[i0,i1 + 6,i2,i3] = 0    convolution.nn:7 padded
    # y padded[i0,i1 + 1,i2,i3] = 0    convolution.nn:7 padded
    # y padded[i0,i1 + 1,i2 + 6,i3] = 0    convolution.nn:7 padded
    # y padded[n,p + 1,q + 1,c] = max[i,j](output padded[n,p · 2 + i,q · 2 + j,c])    convolution.nn:13
    for i0 in range(i0_size):
        for i3 in range(i3_size):
            y_padded[i0 * stride + i3] = f4(0)
        for i3 in range(i3_size):
            y_padded[i0 * stride + i3 + 840] = f4(0)
        for i1 in range(i1_size):
            for i3 in range(i3_size_2):
                y_padded[i0 * stride + i1 * stride_2 + i3 + 140] = f4(0)
        for i1 in range(i1_size):
            for i3 in range(i3_size_2):
                y_padded[i0 * stride + i1 * stride_2 + i3 + 260] = f4(0)
        for p in range(p_size):
            for q in range(q_size):
                for c in range(c_size):
                    v0 = f4(-inf)
                    v0 = maximum(v0, output_padded[i0 * p_size * stride_3 + p * stride_3 + 0 * q_size * stride_4 + q * stride_4 + 0 * c_size + c])
                    v0 = maximum(v0, output_padded[i0 * p_size * stride_3 + p * stride_3 + 0 * q_size * stride_4 + q * stride_4 + 1 * c_size + c])
                    v0 = maximum(v0, output_padded[i0 * p_size * stride_3 + p * stride_3 + 1 * q_size * stride_4 + q * stride_4 + 0 * c_size + c])
                    v0 = maximum(v0, output_padded[i0 * p_size * stride_3 + p * stride_3 + 1 * q_size * stride_4 + q * stride_4 + 1 * c_size + c])
                    y_padded[i0 * stride + p * stride_2 + q * c_size + c + 160] = v0


@kernel
def compute_x_max_exp_2(z, bias, x, max, exp_2, sum, p, n_size, u_size, c_size):
    # x[n,u] = z[n,u] + bias[u]    library/layers.nn
    # max[n] = max[c](x[n,c])    library/activations.nn
    # exp[n,c] = exp(x[n,c] - stop(max[n]))    library/activations.nn
    # sum[n] = Σ_c exp[n,c]    library/activations.nn
    # p[n,c] = exp[n,c] / sum[n]    library/activations.nn
    for n in range(n_size):
        for u in range(u_size):
            x[n * u_size + u] = z[n * u_size + u] + bias[u]
        v0 = f4(-inf)
        for c in range(c_size):
            v0 = maximum(v0, x[n * c_size + c])
        max[n] = v0
        for c in range(c_size):
            exp_2[n * c_size + c] = exp(x[n * c_size + c] - v0)
        v1 = f4(0)
        for c in range(c_size):
            v1 += exp_2[n * c_size + c]
        sum[n] = v1
        for c in range(c_size):
            p[n * c_size + c] = exp_2[n * c_size + c] / v1


@entry
def initial(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of initial or begin."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_KERNEL:
            compute_kernel(view(real, row[1]), row[2], row[3], seed, step)
        elif operation == COMPUTE_KERNEL_2:
            compute_kernel_2(view(real, row[1]), row[2])
        elif operation == COMPUTE_BIAS:
            compute_bias(view(real, row[1]), row[2])
        elif operation == COMPUTE_KERNEL_3:
            compute_kernel_3(view(real, row[1]), row[2])
        elif operation == COMPUTE_KERNEL_4:
            compute_kernel_4(view(real, row[1]), row[2])
        elif operation == COMPUTE_KERNEL_5:
            compute_kernel_5(view(real, row[1]), row[2])
    restore_denormals(word)


def initial_rows(at, batch):
    """The operations of `initial`, in order."""
    return [
        # kernel[i,j,k,l] = uniform()    convolution.nn:4
        (COMPUTE_KERNEL, at.convolution_1_kernel, 360, 1000001),
        # kernel[i,j,k,l] = -0.17407765595569785 + 0.3481553119113957 · kernel[i,j,k,l]    convolution.nn:4
        (COMPUTE_KERNEL_2, at.convolution_1_kernel, 360),
        # bias[i] = 0    convolution.nn:5
        (COMPUTE_BIAS, at.convolution_1_bias, 20),
        # kernel[i,j,k,l] = uniform()    convolution.nn:4
        (COMPUTE_KERNEL, at.convolution_2_kernel, 1440, 1000002),
        # kernel[i,j,k,l] = -0.1543033499620919 + 0.3086066999241838 · kernel[i,j,k,l]    convolution.nn:4
        (COMPUTE_KERNEL_3, at.convolution_2_kernel, 1440),
        # bias[i] = 0    convolution.nn:5
        (COMPUTE_BIAS, at.convolution_2_bias, 8),
        # kernel[i,j,k,l] = uniform()    convolution.nn:18
        (COMPUTE_KERNEL, at.grown_1_kernel, 288, 1000003),
        # kernel[i,j,k,l] = -0.23570226039551584 + 0.4714045207910317 · kernel[i,j,k,l]    convolution.nn:18
        (COMPUTE_KERNEL_4, at.grown_1_kernel, 288),
        # kernel[i,j] = uniform()    library/layers.nn
        (COMPUTE_KERNEL, at.dense_1_kernel, 432, 1000004),
        # kernel[i,j] = -0.20203050891044214 + 0.40406101782088427 · kernel[i,j]    library/layers.nn
        (COMPUTE_KERNEL_5, at.dense_1_kernel, 432),
        # bias[i] = 0    library/layers.nn
        (COMPUTE_BIAS, at.dense_1_bias, 3),
    ]


def begin_rows(at, batch):
    """The operations of `begin`, in order."""
    return [
    ]


@entry
def learn(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of learn or update."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_IMAGE_PADDED:
            compute_image_padded(view(real, row[1]), view(real, row[2]), row[3], row[4], row[5], row[6], row[7], row[8],
                                 row[9])
        elif operation == CONTRACT:
            contract(row, 4, view(real, row[1]), view(real, row[2]), view(real, row[3]))
        elif operation == COMPUTE_OUTPUT_PADDED:
            compute_output_padded(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5], row[6],
                                  row[7], row[8], row[9], row[10], row[11])
        elif operation == COMPUTE_Y_PADDED:
            compute_y_padded(view(real, row[1]), view(real, row[2]), view(whole, row[3]), row[4], row[5], row[6],
                             row[7], row[8], row[9], row[10], row[11], row[12], row[13], row[14])
        elif operation == COMPUTE_OUTPUT:
            compute_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == COMPUTE_Z_SPREAD:
            compute_z_spread(view(real, row[1]), row[2])
        elif operation == COMPUTE_Y:
            compute_y(view(real, row[1]), view(real, row[2]), row[3], row[4], row[5], row[6], row[7])
        elif operation == GEMM:
            gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                 row[10], view(real, row[11]), row[12])
        elif operation == COMPUTE_X_MAX_EXP:
            compute_x_max_exp(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                              view(real, row[5]), view(real, row[6]), view(real, row[7]), view(whole, row[8]),
                              view(real, row[9]), row[10], row[11], row[12], row[13])
        elif operation == COMPUTE_SUM_OBJECTIVE:
            compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  row[5], batch)
        elif operation == COMPUTE_D_SUM:
            compute_d_sum(view(real, row[1]), batch)
        elif operation == COMPUTE_D_LOSS_D_SUM:
            compute_d_loss_d_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                 view(real, row[5]), row[6])
        elif operation == COMPUTE_D_X_D_BIAS:
            compute_d_x_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(whole, row[4]),
                               view(real, row[5]), view(real, row[6]), row[7], row[8], row[9], row[10])
        elif operation == COMPUTE_D_Z_SPREAD:
            compute_d_z_spread(view(real, row[1]), view(real, row[2]), row[3], row[4], row[5], row[6], row[7], row[8])
        elif operation == COMPUTE_D_Z_D_BIAS:
            compute_d_z_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]), row[5],
                               row[6])
        elif operation == COMPUTE_D_OUTPUT_PADDED_D_Z_D_BIAS:
            compute_d_output_padded_d_z_d_bias(view(real, row[1]), view(whole, row[2]), view(real, row[3]),
                                               view(real, row[4]), view(real, row[5]), view(real, row[6]), row[7],
                                               row[8], row[9], row[10], row[11], row[12], row[13], row[14], row[15],
                                               row[16], row[17], row[18], row[19])
        elif operation == COMPUTE_LEARNING:
            compute_learning(view(real, row[1]), rate)
        elif operation == COMPUTE_KERNEL_6:
            compute_kernel_6(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
    restore_denormals(word)


def learn_rows(at, batch):
    """The operations of `learn`, in order."""
    return [
        # image padded[i0,i1,i2,i3] = 0    convolution.nn:7 padded
        # image padded[i0,i1 + 10,i2,i3] = 0    convolution.nn:7 padded
        # image padded[i0,i1 + 1,i2,i3] = 0    convolution.nn:7 padded
        # image padded[i0,i1 + 1,i2 + 10,i3] = 0    convolution.nn:7 padded
        # image padded[i0,i1 + 1,i2 + 1,i3] = image[i0,i1,i2,i3]    convolution.nn:7 padded
        (COMPUTE_IMAGE_PADDED, at.image_padded, at.image, batch, 22, 242, 9, 2, 22, 18),
        # z[n,p,q,f] = Σ_{i,j,c} image padded[n,p + i,q + j,c] · kernel[i,j,c,f]    convolution.nn:7
        (CONTRACT, at.image_padded, at.convolution_1_kernel, at.convolution_1_z, 0, 20, 1, 1, 2, 2,
         batch, 242, 0, 1620,  # n
         9, 22, 0, 180,  # p
         9, 2, 0, 20,  # q
         3, 22, 120, 0,  # i
         6, 1, 20, 0),  # j, c
        # output padded[i0,i1 + 9,i2,i3] = -inf    convolution.nn:13 padded
        # output padded[i0,i1,i2 + 9,i3] = -inf    convolution.nn:13 padded
        # output padded[n,p,q,f] = where(z[n,p,q,f] + bias[f] > 0, z[n,p,q,f] + bias[f], 0)    convolution.nn:8
        (COMPUTE_OUTPUT_PADDED, at.convolution_1_output_padded, at.convolution_1_z, at.convolution_1_bias, batch, 200,
         2000, 9, 20, 200, 9, 20),
        # y padded[i0,i1,i2,i3] = 0    convolution.nn:7 padded
        # y padded[i0,i1 + 6,i2,i3] = 0    convolution.nn:7 padded
        # y padded[i0,i1 + 1,i2,i3] = 0    convolution.nn:7 padded
        # y padded[i0,i1 + 1,i2 + 6,i3] = 0    convolution.nn:7 padded
        # y padded[n,p + 1,q + 1,c] = max[i,j](output padded[n,p · 2 + i,q · 2 + j,c])    convolution.nn:13
        (COMPUTE_Y_PADDED, at.largest_1_y_padded, at.convolution_1_output_padded, at.winner_of_largest_1_y, batch, 140,
         980, 5, 20, 140, 5, 5, 20, 400, 40),
        # z[n,p,q,f] = Σ_{i,j,c} y padded[n,p · 2 + i,q · 2 + j,c] · kernel[i,j,c,f]    convolution.nn:7
        (CONTRACT, at.largest_1_y_padded, at.convolution_2_kernel, at.convolution_2_z, 0, 8, 1, 0, 3, 2,
         batch, 980, 0, 72,  # n
         3, 280, 0, 24,  # p
         3, 40, 0, 8,  # q
         3, 140, 480, 0,  # i
         60, 1, 8, 0),  # j, c
        # output[n,p,q,f] = where(z[n,p,q,f] + bias[f] > 0, z[n,p,q,f] + bias[f], 0)    convolution.nn:8
        (COMPUTE_OUTPUT, at.convolution_2_z, at.convolution_2_bias, at.convolution_2_output, 9*batch, 8),
        # z spread[i0,i1,i2,i3] = 0    convolution.nn:20 cleared
        (COMPUTE_Z_SPREAD, at.grown_1_z_spread, 196*batch),
        # z spread[n,p · 2 + i,q · 2 + j,f] += Σ_c output[n,p,q,c] · kernel[i,j,f,c]    convolution.nn:20
        (CONTRACT, at.convolution_2_output, at.grown_1_kernel, at.grown_1_z_spread, 1, 12, 8, 2, 2, 1,
         3, 0, 96, 28,  # i
         3, 8, 0, 8,  # q
         batch, 72, 0, 196,  # n
         3, 24, 0, 56,  # p
         8, 1, 1, 0),  # c
        # y[n,(i · 6 + j) · 4 + k] = z spread[n,i + 1,j + 1,k]    library/layers_shape.nn
        (COMPUTE_Y, at.grown_1_z_spread + 32, at.flatten_1_y, batch, 6, 24, 196, 28),
        # z[n,u] = Σ_i y[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 3, 144, at.flatten_1_y, 144, at.dense_1_kernel, 3, 0, at.dense_1_z, 3),
        # x[n,u] = z[n,u] + bias[u]    library/layers.nn
        # max[n] = max[c](x[n,c])    library/activations.nn
        # exp[n,c] = exp(x[n,c] - stop(max[n]))    library/activations.nn
        # sum[n] = Σ_c exp[n,c]    library/activations.nn
        # p[n,c] = exp[n,c] / sum[n]    library/activations.nn
        # loss[n] = log(sum[n]) - (x[n,p[n]] - stop(max[n]))    convolution.nn:30
        (COMPUTE_X_MAX_EXP, at.dense_1_z, at.dense_1_bias, at.dense_1_softmax_x, at.p_max, at.p_exp, at.p_sum, at.p,
         at.target_p, at.loss, batch, 3, 3, 3),
        # sum = Σ_n sample weight[n] · loss[n]    convolution.nn:30
        # objective = sum / batch    convolution.nn:30
        (COMPUTE_SUM_OBJECTIVE, at.sample_weight, at.loss, at.objective_sum, at.objective, batch),
        # ∂sum = 1 / batch    convolution.nn:30 adjoint of objective
        (COMPUTE_D_SUM, at.d_objective_sum),
        # ∂loss[n] = ∂sum · sample weight[n]    convolution.nn:30 adjoint of objective.sum
        # ∂sum[n] = ∂loss[n] / sum[n]    convolution.nn:30 adjoint of loss
        (COMPUTE_D_LOSS_D_SUM, at.d_objective_sum, at.sample_weight, at.d_loss, at.p_sum, at.d_p_sum, batch),
        # ∂x[i0,i1] = 0    convolution.nn:30 cleared
        # ∂x[n,p[n]] += -∂loss[n]    convolution.nn:30 adjoint of loss
        # ∂x[n,c] += ∂sum[n] · exp[n,c]    library/activations.nn adjoint of p.exp
        # ∂bias[u] = Σ_n ∂x[n,u]    library/layers.nn adjoint of dense_1.softmax.x
        (COMPUTE_D_X_D_BIAS, at.d_dense_1_bias, at.d_dense_1_softmax_x, at.d_loss, at.target_p, at.d_p_sum, at.p_exp, 3,
         batch, 3, 3),
        # ∂y[n,i] = Σ_u ∂x[n,u] · kernel[i,u]    library/layers.nn adjoint of dense_1.z
        (GEMM, 0, 1, batch, 144, 3, at.d_dense_1_softmax_x, 3, at.dense_1_kernel, 3, 0, at.d_flatten_1_y, 144),
        # ∂kernel[i,u] = Σ_n ∂x[n,u] · y[n,i]    library/layers.nn adjoint of dense_1.z
        (GEMM, 1, 0, 144, 3, batch, at.flatten_1_y, 144, at.d_dense_1_softmax_x, 3, 0, at.d_dense_1_kernel, 3),
        # ∂z spread[i0,i1,i2,i3] = 0    convolution.nn:20 cleared
        # ∂z spread[n,p + 1,q + 1,f] += ∂y[n,p · 24 + q · 4 + f]    convolution.nn:20 adjoint of grown_1.z
        (COMPUTE_D_Z_SPREAD, at.d_grown_1_z_spread, at.d_flatten_1_y, batch, 196, 6, 24, 196, 28),
        # ∂output[n,p,q,c] = Σ_{f,i,j} ∂z spread[n,p · 2 + i,q · 2 + j,f] · kernel[i,j,f,c]    convolution.nn:20
        #     adjoint of grown_1.z spread
        (CONTRACT, at.d_grown_1_z_spread, at.grown_1_kernel, at.d_convolution_2_output, 0, 8, 1, 0, 3, 2,
         batch, 196, 0, 72,  # n
         3, 56, 0, 24,  # p
         3, 8, 0, 8,  # q
         3, 28, 96, 0,  # i
         12, 1, 8, 0),  # j, f
        # ∂kernel[i,j,f,c] = Σ_{n,p,q} ∂z spread[n,p · 2 + i,q · 2 + j,f] · output[n,p,q,c]    convolution.nn:20
        #     adjoint of grown_1.z spread
        (CONTRACT, at.d_grown_1_z_spread, at.convolution_2_output, at.d_grown_1_kernel, 0, 8, 1, 0, 2, 3,
         3, 28, 0, 96,  # i
         12, 1, 0, 8,  # j, f
         batch, 196, 72, 0,  # n
         3, 56, 24, 0,  # p
         3, 8, 8, 0),  # q
        # ∂z[n,p,q,f] = where(output[n,p,q,f] > 0, ∂output[n,p,q,f], 0)    convolution.nn:8 adjoint of
        #     convolution_2.output
        # ∂bias[f] = Σ_{n,p,q} ∂z[n,p,q,f]    convolution.nn:8 adjoint of convolution_2.output
        (COMPUTE_D_Z_D_BIAS, at.d_convolution_2_bias, at.convolution_2_output, at.d_convolution_2_output,
         at.d_convolution_2_z, 8, 9*batch),
        # ∂y padded[i0,i1,i2,i3] = 0    convolution.nn:7 cleared
        (COMPUTE_Z_SPREAD, at.d_largest_1_y_padded, 980*batch),
        # ∂y padded[n,p · 2 + i,q · 2 + j,c] += Σ_f ∂z[n,p,q,f] · kernel[i,j,c,f]    convolution.nn:7 adjoint of
        #     convolution_2.z
        (CONTRACT, at.d_convolution_2_z, at.convolution_2_kernel, at.d_largest_1_y_padded, 1, 60, 8, 2, 2, 1,
         3, 0, 480, 140,  # i
         3, 8, 0, 40,  # q
         batch, 72, 0, 980,  # n
         3, 24, 0, 280,  # p
         8, 1, 1, 0),  # f
        # ∂kernel[i,j,c,f] = Σ_{n,p,q} ∂z[n,p,q,f] · y padded[n,p · 2 + i,q · 2 + j,c]    convolution.nn:7 adjoint
        #     of convolution_2.z
        (CONTRACT, at.largest_1_y_padded, at.d_convolution_2_z, at.d_convolution_2_kernel, 0, 8, 1, 1, 1, 3,
         3, 140, 0, 480,  # i
         60, 1, 0, 8,  # j, c
         batch, 980, 72, 0,  # n
         3, 280, 24, 0,  # p
         3, 40, 8, 0),  # q
        # ∂output padded[n,p · 2 + i,q · 2 + j,c] = where(y[n,p + 1,q + 1,c] == i · 2 + j, ∂y padded[n,p + 1,q +
        #     1,c], 0)    convolution.nn:13 adjoint of largest_1.y
        # ∂z[n,p,q,f] = where(output padded[n,p,q,f] > 0, ∂output padded[n,p,q,f], 0)    convolution.nn:8 adjoint
        #     of convolution_1.output
        # ∂bias[f] = Σ_{n,p,q} ∂z[n,p,q,f]    convolution.nn:8 adjoint of convolution_1.output
        (COMPUTE_D_OUTPUT_PADDED_D_Z_D_BIAS, at.d_convolution_1_bias, at.winner_of_largest_1_y + 160,
         at.d_largest_1_y_padded + 160, at.d_convolution_1_output_padded, at.convolution_1_output_padded,
         at.d_convolution_1_z, 20, batch, 5, 2, 5, 2, 20, 980, 140, 9, 9, 2000, 200),
        # ∂kernel[i,j,c,f] = Σ_{n,p,q} ∂z[n,p,q,f] · image padded[n,p + i,q + j,c]    convolution.nn:7 adjoint of
        #     convolution_1.z
        (CONTRACT, at.image_padded, at.d_convolution_1_z, at.d_convolution_1_kernel, 0, 20, 1, 0, 2, 3,
         3, 22, 0, 120,  # i
         6, 1, 0, 20,  # j, c
         batch, 242, 1620, 0,  # n
         9, 22, 180, 0,  # p
         9, 2, 20, 0),  # q
    ]


def update_rows(at, batch):
    """The operations of `update`, in order."""
    return [
        # learning = 0.01 · rate    library/every/optimizer.nn
        (COMPUTE_LEARNING, at.learning),
        # kernel[i,j,k,l] = kernel[i,j,k,l] - learning · ∂kernel[i,j,k,l]    library/optimizers.nn
        (COMPUTE_KERNEL_6, at.learning, at.convolution_1_kernel, at.d_convolution_1_kernel, 360),
        # bias[i] = bias[i] - learning · ∂bias[i]    library/optimizers.nn
        (COMPUTE_KERNEL_6, at.learning, at.convolution_1_bias, at.d_convolution_1_bias, 20),
        # kernel[i,j,k,l] = kernel[i,j,k,l] - learning · ∂kernel[i,j,k,l]    library/optimizers.nn
        (COMPUTE_KERNEL_6, at.learning, at.convolution_2_kernel, at.d_convolution_2_kernel, 1440),
        # bias[i] = bias[i] - learning · ∂bias[i]    library/optimizers.nn
        (COMPUTE_KERNEL_6, at.learning, at.convolution_2_bias, at.d_convolution_2_bias, 8),
        # kernel[i,j,k,l] = kernel[i,j,k,l] - learning · ∂kernel[i,j,k,l]    library/optimizers.nn
        (COMPUTE_KERNEL_6, at.learning, at.grown_1_kernel, at.d_grown_1_kernel, 288),
        # kernel[i,j] = kernel[i,j] - learning · ∂kernel[i,j]    library/optimizers.nn
        (COMPUTE_KERNEL_6, at.learning, at.dense_1_kernel, at.d_dense_1_kernel, 432),
        # bias[i] = bias[i] - learning · ∂bias[i]    library/optimizers.nn
        (COMPUTE_KERNEL_6, at.learning, at.dense_1_bias, at.d_dense_1_bias, 3),
    ]


@entry
def assess(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of assess."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_IMAGE_PADDED:
            compute_image_padded(view(real, row[1]), view(real, row[2]), row[3], row[4], row[5], row[6], row[7], row[8],
                                 row[9])
        elif operation == CONTRACT:
            contract(row, 4, view(real, row[1]), view(real, row[2]), view(real, row[3]))
        elif operation == COMPUTE_OUTPUT_PADDED:
            compute_output_padded(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5], row[6],
                                  row[7], row[8], row[9], row[10], row[11])
        elif operation == COMPUTE_Y_PADDED_2:
            compute_y_padded_2(view(real, row[1]), view(real, row[2]), row[3], row[4], row[5], row[6], row[7], row[8],
                               row[9], row[10], row[11], row[12], row[13])
        elif operation == COMPUTE_OUTPUT:
            compute_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == COMPUTE_Z_SPREAD:
            compute_z_spread(view(real, row[1]), row[2])
        elif operation == COMPUTE_Y:
            compute_y(view(real, row[1]), view(real, row[2]), row[3], row[4], row[5], row[6], row[7])
        elif operation == GEMM:
            gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                 row[10], view(real, row[11]), row[12])
        elif operation == COMPUTE_X_MAX_EXP:
            compute_x_max_exp(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                              view(real, row[5]), view(real, row[6]), view(real, row[7]), view(whole, row[8]),
                              view(real, row[9]), row[10], row[11], row[12], row[13])
        elif operation == COMPUTE_SUM_OBJECTIVE:
            compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  row[5], batch)
    restore_denormals(word)


def assess_rows(at, batch):
    """The operations of `assess`, in order."""
    return [
        # image padded[i0,i1,i2,i3] = 0    convolution.nn:7 padded
        # image padded[i0,i1 + 10,i2,i3] = 0    convolution.nn:7 padded
        # image padded[i0,i1 + 1,i2,i3] = 0    convolution.nn:7 padded
        # image padded[i0,i1 + 1,i2 + 10,i3] = 0    convolution.nn:7 padded
        # image padded[i0,i1 + 1,i2 + 1,i3] = image[i0,i1,i2,i3]    convolution.nn:7 padded
        (COMPUTE_IMAGE_PADDED, at.image_padded, at.image, batch, 22, 242, 9, 2, 22, 18),
        # z[n,p,q,f] = Σ_{i,j,c} image padded[n,p + i,q + j,c] · kernel[i,j,c,f]    convolution.nn:7
        (CONTRACT, at.image_padded, at.convolution_1_kernel, at.convolution_1_z, 0, 20, 1, 1, 2, 2,
         batch, 242, 0, 1620,  # n
         9, 22, 0, 180,  # p
         9, 2, 0, 20,  # q
         3, 22, 120, 0,  # i
         6, 1, 20, 0),  # j, c
        # output padded[i0,i1 + 9,i2,i3] = -inf    convolution.nn:13 padded
        # output padded[i0,i1,i2 + 9,i3] = -inf    convolution.nn:13 padded
        # output padded[n,p,q,f] = where(z[n,p,q,f] + bias[f] > 0, z[n,p,q,f] + bias[f], 0)    convolution.nn:8
        (COMPUTE_OUTPUT_PADDED, at.convolution_1_output_padded, at.convolution_1_z, at.convolution_1_bias, batch, 200,
         2000, 9, 20, 200, 9, 20),
        # y padded[i0,i1,i2,i3] = 0    convolution.nn:7 padded
        # y padded[i0,i1 + 6,i2,i3] = 0    convolution.nn:7 padded
        # y padded[i0,i1 + 1,i2,i3] = 0    convolution.nn:7 padded
        # y padded[i0,i1 + 1,i2 + 6,i3] = 0    convolution.nn:7 padded
        # y padded[n,p + 1,q + 1,c] = max[i,j](output padded[n,p · 2 + i,q · 2 + j,c])    convolution.nn:13
        (COMPUTE_Y_PADDED_2, at.largest_1_y_padded, at.convolution_1_output_padded, batch, 140, 980, 5, 20, 140, 5, 5,
         20, 400, 40),
        # z[n,p,q,f] = Σ_{i,j,c} y padded[n,p · 2 + i,q · 2 + j,c] · kernel[i,j,c,f]    convolution.nn:7
        (CONTRACT, at.largest_1_y_padded, at.convolution_2_kernel, at.convolution_2_z, 0, 8, 1, 0, 3, 2,
         batch, 980, 0, 72,  # n
         3, 280, 0, 24,  # p
         3, 40, 0, 8,  # q
         3, 140, 480, 0,  # i
         60, 1, 8, 0),  # j, c
        # output[n,p,q,f] = where(z[n,p,q,f] + bias[f] > 0, z[n,p,q,f] + bias[f], 0)    convolution.nn:8
        (COMPUTE_OUTPUT, at.convolution_2_z, at.convolution_2_bias, at.convolution_2_output, 9*batch, 8),
        # z spread[i0,i1,i2,i3] = 0    convolution.nn:20 cleared
        (COMPUTE_Z_SPREAD, at.grown_1_z_spread, 196*batch),
        # z spread[n,p · 2 + i,q · 2 + j,f] += Σ_c output[n,p,q,c] · kernel[i,j,f,c]    convolution.nn:20
        (CONTRACT, at.convolution_2_output, at.grown_1_kernel, at.grown_1_z_spread, 1, 12, 8, 2, 2, 1,
         3, 0, 96, 28,  # i
         3, 8, 0, 8,  # q
         batch, 72, 0, 196,  # n
         3, 24, 0, 56,  # p
         8, 1, 1, 0),  # c
        # y[n,(i · 6 + j) · 4 + k] = z spread[n,i + 1,j + 1,k]    library/layers_shape.nn
        (COMPUTE_Y, at.grown_1_z_spread + 32, at.flatten_1_y, batch, 6, 24, 196, 28),
        # z[n,u] = Σ_i y[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 3, 144, at.flatten_1_y, 144, at.dense_1_kernel, 3, 0, at.dense_1_z, 3),
        # x[n,u] = z[n,u] + bias[u]    library/layers.nn
        # max[n] = max[c](x[n,c])    library/activations.nn
        # exp[n,c] = exp(x[n,c] - stop(max[n]))    library/activations.nn
        # sum[n] = Σ_c exp[n,c]    library/activations.nn
        # p[n,c] = exp[n,c] / sum[n]    library/activations.nn
        # loss[n] = log(sum[n]) - (x[n,p[n]] - stop(max[n]))    convolution.nn:30
        (COMPUTE_X_MAX_EXP, at.dense_1_z, at.dense_1_bias, at.dense_1_softmax_x, at.p_max, at.p_exp, at.p_sum, at.p,
         at.target_p, at.loss, batch, 3, 3, 3),
        # sum = Σ_n sample weight[n] · loss[n]    convolution.nn:30
        # objective = sum / batch    convolution.nn:30
        (COMPUTE_SUM_OBJECTIVE, at.sample_weight, at.loss, at.objective_sum, at.objective, batch),
    ]


@entry
def forward(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of forward."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_IMAGE_PADDED:
            compute_image_padded(view(real, row[1]), view(real, row[2]), row[3], row[4], row[5], row[6], row[7], row[8],
                                 row[9])
        elif operation == CONTRACT:
            contract(row, 4, view(real, row[1]), view(real, row[2]), view(real, row[3]))
        elif operation == COMPUTE_OUTPUT_PADDED:
            compute_output_padded(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5], row[6],
                                  row[7], row[8], row[9], row[10], row[11])
        elif operation == COMPUTE_Y_PADDED_2:
            compute_y_padded_2(view(real, row[1]), view(real, row[2]), row[3], row[4], row[5], row[6], row[7], row[8],
                               row[9], row[10], row[11], row[12], row[13])
        elif operation == COMPUTE_OUTPUT:
            compute_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == COMPUTE_Z_SPREAD:
            compute_z_spread(view(real, row[1]), row[2])
        elif operation == COMPUTE_Y:
            compute_y(view(real, row[1]), view(real, row[2]), row[3], row[4], row[5], row[6], row[7])
        elif operation == GEMM:
            gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                 row[10], view(real, row[11]), row[12])
        elif operation == COMPUTE_X_MAX_EXP_2:
            compute_x_max_exp_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                view(real, row[5]), view(real, row[6]), view(real, row[7]), row[8], row[9], row[10])
    restore_denormals(word)


def forward_rows(at, batch):
    """The operations of `forward`, in order."""
    return [
        # image padded[i0,i1,i2,i3] = 0    convolution.nn:7 padded
        # image padded[i0,i1 + 10,i2,i3] = 0    convolution.nn:7 padded
        # image padded[i0,i1 + 1,i2,i3] = 0    convolution.nn:7 padded
        # image padded[i0,i1 + 1,i2 + 10,i3] = 0    convolution.nn:7 padded
        # image padded[i0,i1 + 1,i2 + 1,i3] = image[i0,i1,i2,i3]    convolution.nn:7 padded
        (COMPUTE_IMAGE_PADDED, at.image_padded, at.image, batch, 22, 242, 9, 2, 22, 18),
        # z[n,p,q,f] = Σ_{i,j,c} image padded[n,p + i,q + j,c] · kernel[i,j,c,f]    convolution.nn:7
        (CONTRACT, at.image_padded, at.convolution_1_kernel, at.convolution_1_z, 0, 20, 1, 1, 2, 2,
         batch, 242, 0, 1620,  # n
         9, 22, 0, 180,  # p
         9, 2, 0, 20,  # q
         3, 22, 120, 0,  # i
         6, 1, 20, 0),  # j, c
        # output padded[i0,i1 + 9,i2,i3] = -inf    convolution.nn:13 padded
        # output padded[i0,i1,i2 + 9,i3] = -inf    convolution.nn:13 padded
        # output padded[n,p,q,f] = where(z[n,p,q,f] + bias[f] > 0, z[n,p,q,f] + bias[f], 0)    convolution.nn:8
        (COMPUTE_OUTPUT_PADDED, at.convolution_1_output_padded, at.convolution_1_z, at.convolution_1_bias, batch, 200,
         2000, 9, 20, 200, 9, 20),
        # y padded[i0,i1,i2,i3] = 0    convolution.nn:7 padded
        # y padded[i0,i1 + 6,i2,i3] = 0    convolution.nn:7 padded
        # y padded[i0,i1 + 1,i2,i3] = 0    convolution.nn:7 padded
        # y padded[i0,i1 + 1,i2 + 6,i3] = 0    convolution.nn:7 padded
        # y padded[n,p + 1,q + 1,c] = max[i,j](output padded[n,p · 2 + i,q · 2 + j,c])    convolution.nn:13
        (COMPUTE_Y_PADDED_2, at.largest_1_y_padded, at.convolution_1_output_padded, batch, 140, 980, 5, 20, 140, 5, 5,
         20, 400, 40),
        # z[n,p,q,f] = Σ_{i,j,c} y padded[n,p · 2 + i,q · 2 + j,c] · kernel[i,j,c,f]    convolution.nn:7
        (CONTRACT, at.largest_1_y_padded, at.convolution_2_kernel, at.convolution_2_z, 0, 8, 1, 0, 3, 2,
         batch, 980, 0, 72,  # n
         3, 280, 0, 24,  # p
         3, 40, 0, 8,  # q
         3, 140, 480, 0,  # i
         60, 1, 8, 0),  # j, c
        # output[n,p,q,f] = where(z[n,p,q,f] + bias[f] > 0, z[n,p,q,f] + bias[f], 0)    convolution.nn:8
        (COMPUTE_OUTPUT, at.convolution_2_z, at.convolution_2_bias, at.convolution_2_output, 9*batch, 8),
        # z spread[i0,i1,i2,i3] = 0    convolution.nn:20 cleared
        (COMPUTE_Z_SPREAD, at.grown_1_z_spread, 196*batch),
        # z spread[n,p · 2 + i,q · 2 + j,f] += Σ_c output[n,p,q,c] · kernel[i,j,f,c]    convolution.nn:20
        (CONTRACT, at.convolution_2_output, at.grown_1_kernel, at.grown_1_z_spread, 1, 12, 8, 2, 2, 1,
         3, 0, 96, 28,  # i
         3, 8, 0, 8,  # q
         batch, 72, 0, 196,  # n
         3, 24, 0, 56,  # p
         8, 1, 1, 0),  # c
        # y[n,(i · 6 + j) · 4 + k] = z spread[n,i + 1,j + 1,k]    library/layers_shape.nn
        (COMPUTE_Y, at.grown_1_z_spread + 32, at.flatten_1_y, batch, 6, 24, 196, 28),
        # z[n,u] = Σ_i y[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 3, 144, at.flatten_1_y, 144, at.dense_1_kernel, 3, 0, at.dense_1_z, 3),
        # x[n,u] = z[n,u] + bias[u]    library/layers.nn
        # max[n] = max[c](x[n,c])    library/activations.nn
        # exp[n,c] = exp(x[n,c] - stop(max[n]))    library/activations.nn
        # sum[n] = Σ_c exp[n,c]    library/activations.nn
        # p[n,c] = exp[n,c] / sum[n]    library/activations.nn
        (COMPUTE_X_MAX_EXP_2, at.dense_1_z, at.dense_1_bias, at.dense_1_softmax_x, at.p_max, at.p_exp, at.p_sum, at.p,
         batch, 3, 3),
    ]


@entry
def train(real, whole, total, rows, short_rows, split, short_split, places, order, start, stop, size, step, seed, rate,
          meeting, thread, threads, all_image, all_target_p, all_sample_weight):
    """Train on the samples order[start:stop], `size` at a time; gives how far it came and the updates so far.

    Rows before the split find the loss and its gradients, the others update; a loss that is not finite ends it.
    Each of the `threads` has rows of its own; where they must wait for each other, they meet.
    """
    word = flush_denormals()
    done = start
    finite = True
    while finite and done < stop:
        batch = min(size, stop - done)
        first, last = batch * thread // threads, batch * (thread + 1) // threads
        todo, until = (rows, split) if batch == size else (short_rows, short_split)
        gather_rows(all_image, order, done + first, last - first,
                    view(real, places[1] + first * all_image.shape[1]))
        gather_rows(all_target_p, order, done + first, last - first,
                    view(whole, places[2] + first * all_target_p.shape[1]))
        gather_rows(all_sample_weight, order, done + first, last - first,
                    view(real, places[3] + first * all_sample_weight.shape[1]))
        for position in range(todo.shape[0]):
            if position == until and not isfinite(real[places[0]]):
                finite = False
                break
            row = todo[position]
            operation = row[0]
            if operation == COMPUTE_IMAGE_PADDED:
                compute_image_padded(view(real, row[1]), view(real, row[2]), row[3], row[4], row[5], row[6], row[7],
                                     row[8], row[9])
            elif operation == CONTRACT:
                contract(row, 4, view(real, row[1]), view(real, row[2]), view(real, row[3]))
            elif operation == COMPUTE_OUTPUT_PADDED:
                compute_output_padded(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5],
                                      row[6], row[7], row[8], row[9], row[10], row[11])
            elif operation == COMPUTE_Y_PADDED:
                compute_y_padded(view(real, row[1]), view(real, row[2]), view(whole, row[3]), row[4], row[5], row[6],
                                 row[7], row[8], row[9], row[10], row[11], row[12], row[13], row[14])
            elif operation == COMPUTE_OUTPUT:
                compute_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
            elif operation == COMPUTE_Z_SPREAD:
                compute_z_spread(view(real, row[1]), row[2])
            elif operation == COMPUTE_Y:
                compute_y(view(real, row[1]), view(real, row[2]), row[3], row[4], row[5], row[6], row[7])
            elif operation == GEMM:
                gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                     row[10], view(real, row[11]), row[12])
            elif operation == COMPUTE_X_MAX_EXP:
                compute_x_max_exp(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  view(real, row[5]), view(real, row[6]), view(real, row[7]), view(whole, row[8]),
                                  view(real, row[9]), row[10], row[11], row[12], row[13])
            elif operation == COMPUTE_SUM_OBJECTIVE:
                compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                      row[5], batch)
            elif operation == COMPUTE_D_SUM:
                compute_d_sum(view(real, row[1]), batch)
            elif operation == COMPUTE_D_LOSS_D_SUM:
                compute_d_loss_d_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                     view(real, row[5]), row[6])
            elif operation == COMPUTE_D_X_D_BIAS:
                compute_d_x_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(whole, row[4]),
                                   view(real, row[5]), view(real, row[6]), row[7], row[8], row[9], row[10])
            elif operation == COMPUTE_D_Z_SPREAD:
                compute_d_z_spread(view(real, row[1]), view(real, row[2]), row[3], row[4], row[5], row[6], row[7],
                                   row[8])
            elif operation == COMPUTE_D_Z_D_BIAS:
                compute_d_z_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                   row[5], row[6])
            elif operation == COMPUTE_D_OUTPUT_PADDED_D_Z_D_BIAS:
                compute_d_output_padded_d_z_d_bias(view(real, row[1]), view(whole, row[2]), view(real, row[3]),
                                                   view(real, row[4]), view(real, row[5]), view(real, row[6]), row[7],
                                                   row[8], row[9], row[10], row[11], row[12], row[13], row[14], row[15],
                                                   row[16], row[17], row[18], row[19])
            elif operation == COMPUTE_LEARNING:
                compute_learning(view(real, row[1]), rate)
            elif operation == COMPUTE_KERNEL_6:
                compute_kernel_6(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
            elif operation == MEET:
                meet(meeting, threads)
        if finite:
            if thread == 0:
                total[0] += real[places[0]] * batch
                total[1] += batch
            step += 1
            done += batch
    restore_denormals(word)
    return done, step
