"""The model slopes, compiled by nndsl."""

from nndsl.kernels import (
    draw_uniform,
    entry,
    f8,
    flush_denormals,
    gather_rows,
    gemm,
    isfinite,
    kernel,
    meet,
    rare,
    restore_denormals,
    sqrt,
    tanh,
    view,
)

GEMM = 0
COMPUTE_KERNEL = 1
COMPUTE_KERNEL_2 = 2
COMPUTE_BIAS = 3
COMPUTE_KERNEL_3 = 4
COMPUTE_KERNEL_4 = 5
COMPUTE_LISTED = 6
COMPUTE_D_LISTED_D_T = 7
COMPUTE_D_LISTED_D_X0 = 8
COMPUTE_LISTED_2 = 9
COMPUTE_D_LISTED_D_T_2 = 10
COMPUTE_D_LISTED_D_X0_2 = 11
COMPUTE_OUTPUT_D_OUTPUT_D_T_D_OUTPUT_D_X0 = 12
COMPUTE_U = 13
COMPUTE_FLUX = 14
COMPUTE_OUTPUT = 15
COMPUTE_Y_SUM = 16
COMPUTE_SUM = 17
COMPUTE_SUM_2 = 18
COMPUTE_D_Z = 19
COMPUTE_D_Z_2 = 20
COMPUTE_SUM_3 = 21
COMPUTE_SUM_4_OBJECTIVE = 22
COMPUTE_D_SUM = 23
COMPUTE_D_SUM_3_D_Y_D_X = 24
COMPUTE_D_OUTPUT_D_OUTPUT = 25
COMPUTE_D_Z_D_T_D_U_D_Z_D_X0 = 26
COMPUTE_D_SUM_D_Y_D_BIAS = 27
COMPUTE_D_Z_D_BIAS = 28
COMPUTE_D_BIAS = 29
COMPUTE_D_OUTPUT_D_X0_D_OUTPUT_D_Z_D_X0 = 30
COMPUTE_LEARNING = 31
COMPUTE_KERNEL_5 = 32
COMPUTE_OUTPUT_D_OUTPUT_D_X0 = 33
MEET = 34

# Whose outermost loops threads may share: the cell of their extent, the cells of all extents, and
# for each array the cell of its start and those whose product is its step.
SHARED = {
    COMPUTE_LISTED: (3, (3,), ((1, (4,)), (2, (5,)))),
    COMPUTE_D_LISTED_D_T: (2, (2,), ((1, (3,)),)),
    COMPUTE_D_LISTED_D_X0: (2, (2,), ((1, (3,)),)),
    COMPUTE_LISTED_2: (3, (3,), ((1, ()), (2, (4,)))),
    COMPUTE_D_LISTED_D_T_2: (2, (2,), ((1, (3,)),)),
    COMPUTE_D_LISTED_D_X0_2: (2, (2,), ((1, (3,)),)),
    COMPUTE_OUTPUT_D_OUTPUT_D_T_D_OUTPUT_D_X0: (9, (9, 10),
            ((1, (10,)), (3, (10,)), (4, (10,)), (5, (10,)), (6, (10,)), (7, (10,)), (8, (10,)))),
    COMPUTE_U: (4, (4, 5), ((1, ()), (3, ()))),
    COMPUTE_FLUX: (4, (4,), ((1, ()), (2, ()), (3, ()))),
    COMPUTE_OUTPUT: (4, (4, 5), ((1, (5,)), (3, (5,)))),
    COMPUTE_Y_SUM: (6, (6, 7), ((1, ()), (3, ()), (4, ()), (5, ()))),
    COMPUTE_D_Z: (2, (2,), ((1, ()),)),
    COMPUTE_D_Z_2: (4, (4,), ((1, ()), (2, ()), (3, ()))),
    COMPUTE_SUM_3: (3, (3, 4), ((1, (5,)), (2, ()))),
    COMPUTE_D_SUM_3_D_Y_D_X: (6, (6, 7), ((2, ()), (3, ()), (4, (8,)), (5, (8,)))),
    COMPUTE_D_OUTPUT_D_OUTPUT: (6, (6,), ((1, ()), (2, ()), (3, ()), (4, ()), (5, ()))),
    COMPUTE_D_Z_D_T_D_U_D_Z_D_X0: (10, (10,), ((2, ()), (3, ()), (4, ()), (5, ()), (6, ()), (7, ()), (8, ()), (9, ()))),
    COMPUTE_KERNEL_5: (4, (4,), ((2, ()), (3, ()))),
}


@rare
def compute_kernel(kernel, j_size, stream, seed, step):
    # kernel[i,j] = uniform()    library/layers.nn
    for j in range(j_size):
        kernel[j] = f8(draw_uniform(seed, step, stream, j))


@rare
def compute_kernel_2(kernel, j_size):
    # kernel[i,j] = -1 + 2 · kernel[i,j]    library/layers.nn
    for j in range(j_size):
        v0 = f8(-1) + f8(2) * kernel[j]
        kernel[j] = v0


@rare
def compute_bias(bias, i_size):
    # bias[i] = 0    library/layers.nn
    for i in range(i_size):
        bias[i] = f8(0)


@rare
def compute_kernel_3(kernel, j_size):
    # kernel[i,j] = -1.0954451150103321 + 2.1908902300206643 · kernel[i,j]    library/layers.nn
    for j in range(j_size):
        v0 = f8(-1.0954451150103321) + f8(2.1908902300206643) * kernel[j]
        kernel[j] = v0


@rare
def compute_kernel_4(kernel, j_size):
    # kernel[i,j] = -0.9258200997725514 + 1.8516401995451028 · kernel[i,j]    library/layers.nn
    for j in range(j_size):
        v0 = f8(-0.9258200997725514) + f8(1.8516401995451028) * kernel[j]
        kernel[j] = v0


@kernel
def compute_listed(x, listed, n_size, stride, stride_2):
    # listed[n,0] = x[n,0]    slopes.nn:4
    for n in range(n_size):
        listed[n * stride_2] = x[n * stride]


@kernel
def compute_d_listed_d_t(d_listed_d_t, n_size, stride):
    # ∂listed/∂t[n,0] = 0    slopes.nn:4 tangent of dense_1.listed
    for n in range(n_size):
        d_listed_d_t[n * stride] = f8(0)


@kernel
def compute_d_listed_d_x0(d_listed_d_x0, n_size, stride):
    # ∂listed/∂x₀[n,0] = 1    slopes.nn:4 tangent of dense_1.listed
    for n in range(n_size):
        d_listed_d_x0[n * stride] = f8(1)


@kernel
def compute_listed_2(t, listed, n_size, stride):
    # listed[n,1] = t[n]    slopes.nn:4
    for n in range(n_size):
        listed[n * stride + 1] = t[n]


@kernel
def compute_d_listed_d_t_2(d_listed_d_t, n_size, stride):
    # ∂listed/∂t[n,1] = 1    slopes.nn:4 tangent of dense_1.listed
    for n in range(n_size):
        d_listed_d_t[n * stride + 1] = f8(1)


@kernel
def compute_d_listed_d_x0_2(d_listed_d_x0, n_size, stride):
    # ∂listed/∂x₀[n,1] = 0    slopes.nn:4 tangent of dense_1.listed
    for n in range(n_size):
        d_listed_d_x0[n * stride + 1] = f8(0)


@kernel
def compute_output_d_output_d_t_d_output_d_x0(z, bias, output, d_z_d_t, d_output_d_t, d_z_d_x0, d_output_d_x0,
        d_output_d_x0d_x0, n_size, u_size):
    # output[n,u] = tanh(z[n,u] + bias[u])    library/layers.nn
    # ∂output/∂t[n,u] = ∂z/∂t[n,u] · (1 - output[n,u] · output[n,u])    library/layers.nn tangent of
    #     dense_1.output
    # ∂output/∂x₀[n,u] = ∂z/∂x₀[n,u] · (1 - output[n,u] · output[n,u])    library/layers.nn tangent of
    #     dense_1.output
    # ∂²output/∂x₀∂x₀[n,u] = ∂output/∂x₀[n,u] · -2 · output[n,u] · ∂z/∂x₀[n,u]    library/layers.nn tangent
    #     of ∂dense_1.output/∂x₀
    for n in range(n_size):
        for u in range(u_size):
            v0 = tanh(z[n * u_size + u] + bias[u])
            output[n * u_size + u] = v0
            d_output_d_t[n * u_size + u] = d_z_d_t[n * u_size + u] * (f8(1) - v0 * v0)
            v1 = d_z_d_x0[n * u_size + u]
            v2 = v1 * (f8(1) - v0 * v0)
            d_output_d_x0[n * u_size + u] = v2
            d_output_d_x0d_x0[n * u_size + u] = v2 * (f8(-2) * v0 * v1)


@kernel
def compute_u(z, bias, u_2, n_size, u_size):
    # u[n,u] = z[n,u] + bias[u]    library/layers.nn
    for n in range(n_size):
        for u in range(u_size):
            u_2[n + u] = z[n + u] + bias[u]


@kernel
def compute_flux(d_z_d_x0, t, flux, n_size):
    # flux[n] = ∂z/∂x₀[n,0] + t[n]    slopes.nn:5
    for n in range(n_size):
        flux[n] = d_z_d_x0[n] + t[n]


@kernel
def compute_output(z, bias, output, n_size, u_size):
    # output[n,u] = tanh(z[n,u] + bias[u])    library/layers.nn
    for n in range(n_size):
        for u in range(u_size):
            output[n * u_size + u] = tanh(z[n * u_size + u] + bias[u])


@kernel
def compute_y_sum(z, bias, y, y_2, sum, n_size, u_size):
    # y[n,u] = z[n,u] + bias[u]    library/layers.nn
    # sum[n] = Σ_k (target.y[n,k] - y[n,k]) · (target.y[n,k] - y[n,k])    library/losses.nn
    for n in range(n_size):
        for u in range(u_size):
            y[n + u] = z[n + u] + bias[u]
        v0 = f8(0)
        v1 = y_2[n + 0]
        v2 = y[n + 0]
        v0 += (v1 - v2) * (v1 - v2)
        sum[n] = v0


@kernel
def compute_sum(sample_weight, sum, sum_2, n_size):
    # objective.sum = Σ_n sample weight[n] · output.sum[n]    slopes.nn:12
    v0 = f8(0)
    for n in range(n_size):
        v0 += sample_weight[n] * sum[n]
    sum_2[0] = v0


@kernel
def compute_sum_2(d_z_d_t, u, d_z_d_x0, d_z_d_x0d_x0, sum_2, n_size, i_size):
    # sum_2 = Σ_{n,i} (∂z/∂t[n,i] + u[n,i] · ∂z/∂x₀[n,i] - 0.1 · ∂²z/∂x₀∂x₀[n,i]) · (∂z/∂t[n,i] + u[n,i] ·
    #     ∂z/∂x₀[n,i] - 0.1 · ∂²z/∂x₀∂x₀[n,i])    slopes.nn:12
    v0 = f8(0)
    for n in range(n_size):
        for i in range(i_size):
            v1 = d_z_d_t[n + i]
            v2 = u[n + i]
            v3 = d_z_d_x0[n + i]
            v4 = d_z_d_x0d_x0[n + i]
            v0 += (v1 + v2 * v3 - f8(0.1) * v4) * (v1 + v2 * v3 - f8(0.1) * v4)
    sum_2[0] = v0


@kernel
def compute_d_z(d_z, u_size):
    # ∂y/∂z[n,u] = 1    library/layers.nn adjoint of y
    for u in range(u_size):
        d_z[u] = f8(1)


@kernel
def compute_d_z_2(output, d_output, d_z, u_size):
    # ∂y/∂z[n,u] = ∂y/∂output[n,u] · (1 - output[n,u] · output[n,u])    library/layers.nn adjoint of
    #     dense_3.output
    for u in range(u_size):
        v0 = output[u]
        d_z[u] = d_output[u] * (f8(1) - v0 * v0)


@kernel
def compute_sum_3(d_y_d_x, sum_3, n_size, i_size, stride):
    # sum_3[n,i] = Σ_i2 ∂y/∂x[n,i2] · ∂y/∂x[n,i2]    slopes.nn:12
    for n in range(n_size):
        for i in range(i_size):
            v0 = f8(0)
            v1 = d_y_d_x[n * stride + 0]
            v0 += v1 * v1
            v2 = d_y_d_x[n * stride + 1]
            v0 += v2 * v2
            v3 = d_y_d_x[n * stride + 2]
            v0 += v3 * v3
            sum_3[n + i] = v0


@kernel
def compute_sum_4_objective(sum_3, sum_4, sum, sum_2, objective, n_size, i_size, batch):
    # sum_4 = Σ_{n,i} 0.1 · (sqrt(sum_3[n,i] + 1e-12) - 1) · (sqrt(sum_3[n,i] + 1e-12) - 1)    slopes.nn:12
    # objective = sum / batch + sum_2 / batch + sum_4 / batch    slopes.nn:12
    v0 = f8(0)
    for n in range(n_size):
        for i in range(i_size):
            v1 = sum_3[n + i]
            v2 = sqrt(v1 + f8(1e-12))
            v0 += f8(0.1) * ((v2 - f8(1)) * (v2 - f8(1)))
    sum_4[0] = v0
    objective[0] = sum[0] / f8(batch) + sum_2[0] / f8(batch) + v0 / f8(batch)


@kernel
def compute_d_sum(d_sum, batch):
    # ∂sum = 1 / batch    slopes.nn:12 adjoint of objective
    d_sum[0] = f8(1) / f8(batch)


@kernel
def compute_d_sum_3_d_y_d_x(d_sum, sum_3, d_sum_3, d_y_d_x, d_d_y_d_x, n_size, i_size, i_size_2):
    # ∂sum_3[n,i] = ∂sum · 0.1 · (sqrt(sum_3[n,i] + 1e-12) - 1) / sqrt(sum_3[n,i] + 1e-12)    slopes.nn:12
    #     adjoint of objective.sum_4
    # ∂∂y/∂x[n,i2] = Σ_i ∂sum_3[n,i] · 2 · ∂y/∂x[n,i2]    slopes.nn:12 adjoint of objective.sum_3
    v0 = d_sum[0]
    for n in range(n_size):
        for i in range(i_size):
            v1 = sum_3[n + i]
            v2 = sqrt(v1 + f8(1e-12))
            d_sum_3[n + i] = v0 * (f8(0.1) * (v2 - f8(1)) / v2)
        for i in range(i_size_2):
            v3 = f8(0)
            v3 += d_sum_3[n + 0] * (f8(2) * d_y_d_x[n * i_size_2 + i])
            d_d_y_d_x[n * i_size_2 + i] = v3


@kernel
def compute_d_output_d_output(d_d_z, output, d_d_output, d_output, d_output_2, u_size):
    # ∂∂y/∂output[n,u] = ∂∂y/∂z[n,u] · (1 - output[n,u] · output[n,u])    library/layers.nn adjoint of
    #     ∂y/∂dense_3.z
    # ∂output[n,u] = ∂∂y/∂z[n,u] · -2 · output[n,u] · ∂y/∂output[n,u]    library/layers.nn adjoint of
    #     ∂y/∂dense_3.z
    for u in range(u_size):
        v0 = d_d_z[u]
        v1 = output[u]
        d_d_output[u] = v0 * (f8(1) - v1 * v1)
        d_output_2[u] = v0 * (f8(-2) * v1 * d_output[u])


@kernel
def compute_d_z_d_t_d_u_d_z_d_x0(d_sum, d_z_d_t, u, d_z_d_x0, d_z_d_x0d_x0, d_d_z_d_t, d_u, d_d_z_d_x0, d_d_z_d_x0d_x0,
                                 i_size):
    # ∂∂z/∂t[n,i] = ∂sum · 2 · (∂z/∂t[n,i] + u[n,i] · ∂z/∂x₀[n,i] - 0.1 · ∂²z/∂x₀∂x₀[n,i])    slopes.nn:12
    #     adjoint of objective.sum_2
    # ∂u[n,i] = ∂sum · 2 · ∂z/∂x₀[n,i] · (∂z/∂t[n,i] + u[n,i] · ∂z/∂x₀[n,i] - 0.1 · ∂²z/∂x₀∂x₀[n,i])
    #     slopes.nn:12 adjoint of objective.sum_2
    # ∂∂z/∂x₀[n,i] = ∂sum · 2 · u[n,i] · (∂z/∂t[n,i] + u[n,i] · ∂z/∂x₀[n,i] - 0.1 · ∂²z/∂x₀∂x₀[n,i])
    #     slopes.nn:12 adjoint of objective.sum_2
    # ∂∂²z/∂x₀∂x₀[n,i] = ∂sum · -0.2 · (∂z/∂t[n,i] + u[n,i] · ∂z/∂x₀[n,i] - 0.1 · ∂²z/∂x₀∂x₀[n,i])
    #     slopes.nn:12 adjoint of objective.sum_2
    v0 = d_sum[0]
    for i in range(i_size):
        v1 = d_z_d_t[i]
        v2 = u[i]
        v3 = d_z_d_x0[i]
        v4 = d_z_d_x0d_x0[i]
        d_d_z_d_t[i] = v0 * (f8(2) * (v1 + v2 * v3 - f8(0.1) * v4))
        d_u[i] = v0 * (f8(2) * v3 * (v1 + v2 * v3 - f8(0.1) * v4))
        d_d_z_d_x0[i] = v0 * (f8(2) * v2 * (v1 + v2 * v3 - f8(0.1) * v4))
        d_d_z_d_x0d_x0[i] = v0 * (f8(-0.2) * (v1 + v2 * v3 - f8(0.1) * v4))


@kernel
def compute_d_sum_d_y_d_bias(d_bias, d_sum, sample_weight, d_sum_2, y, y_2, d_y, k_size, n_size):
    # ∂output.sum[n] = ∂objective.sum · sample weight[n]    slopes.nn:12 adjoint of objective.sum
    # ∂y[n,k] = ∂sum[n] · -2 · (target.y[n,k] - y[n,k])    library/losses.nn adjoint of
    #     mean_squared_error.output.sum
    # ∂bias[u] = Σ_n ∂y[n,u]    library/layers.nn adjoint of y
    for k in range(k_size):
        d_bias[k] = f8(0)
    v0 = d_sum[0]
    for n in range(n_size):
        d_sum_2[n] = v0 * sample_weight[n]
        v1 = d_sum_2[n]
        for k in range(k_size):
            v2 = v1 * (f8(-2) * (y[n + k] - y_2[n + k]))
            d_y[n + k] = v2
            d_bias[k] += v2


@kernel
def compute_d_z_d_bias(d_bias, output, d_output, d_z, u_size, n_size):
    # ∂z[n,u] = ∂output[n,u] · (1 - output[n,u] · output[n,u])    library/layers.nn adjoint of
    #     dense_3.output
    # ∂bias[u] = Σ_n ∂z[n,u]    library/layers.nn adjoint of dense_3.output
    for u in range(u_size):
        d_bias[u] = f8(0)
    for n in range(n_size):
        for u in range(u_size):
            v0 = output[n * u_size + u]
            v1 = d_output[n * u_size + u] * (f8(1) - v0 * v0)
            d_z[n * u_size + u] = v1
            d_bias[u] += v1


@kernel
def compute_d_bias(d_bias, d_u, u_size, n_size):
    # ∂bias[u] = Σ_n ∂u[n,u]    library/layers.nn adjoint of u
    for u in range(u_size):
        d_bias[u] = f8(0)
    for n in range(n_size):
        for u in range(u_size):
            d_bias[u] += d_u[n + u]


@kernel
def compute_d_output_d_x0_d_output_d_z_d_x0(d_bias, d_d_output_d_x0d_x0, output, d_z_d_x0, d_d_output_d_x0,
        d_output_d_x0, d_output, d_d_z_d_x0, d_d_output_d_t, d_d_z_d_t, d_z_d_t, d_z, u_size, n_size):
    # ∂∂output/∂x₀[n,u] += ∂∂²output/∂x₀∂x₀[n,u] · -2 · output[n,u] · ∂z/∂x₀[n,u]    library/layers.nn
    #     adjoint of ∂²dense_1.output/∂x₀∂x₀
    # ∂output[n,u] += ∂∂²output/∂x₀∂x₀[n,u] · -2 · ∂output/∂x₀[n,u] · ∂z/∂x₀[n,u]    library/layers.nn
    #     adjoint of ∂²dense_1.output/∂x₀∂x₀
    # ∂∂z/∂x₀[n,u] = ∂∂²output/∂x₀∂x₀[n,u] · ∂output/∂x₀[n,u] · -2 · output[n,u]    library/layers.nn
    #     adjoint of ∂²dense_1.output/∂x₀∂x₀
    # ∂∂z/∂x₀[n,u] += ∂∂output/∂x₀[n,u] · (1 - output[n,u] · output[n,u])    library/layers.nn adjoint of
    #     ∂dense_1.output/∂x₀
    # ∂output[n,u] += ∂∂output/∂x₀[n,u] · -2 · output[n,u] · ∂z/∂x₀[n,u]    library/layers.nn adjoint of
    #     ∂dense_1.output/∂x₀
    # ∂∂z/∂t[n,u] = ∂∂output/∂t[n,u] · (1 - output[n,u] · output[n,u])    library/layers.nn adjoint of
    #     ∂dense_1.output/∂t
    # ∂output[n,u] += ∂∂output/∂t[n,u] · -2 · output[n,u] · ∂z/∂t[n,u]    library/layers.nn adjoint of
    #     ∂dense_1.output/∂t
    # ∂z[n,u] = ∂output[n,u] · (1 - output[n,u] · output[n,u])    library/layers.nn adjoint of
    #     dense_1.output
    # ∂bias[u] = Σ_n ∂z[n,u]    library/layers.nn adjoint of dense_1.output
    for u in range(u_size):
        d_bias[u] = f8(0)
    for n in range(n_size):
        for u in range(u_size):
            v0 = d_d_output_d_x0d_x0[n * u_size + u]
            v1 = output[n * u_size + u]
            v2 = d_z_d_x0[n * u_size + u]
            v3 = d_d_output_d_x0[n * u_size + u] + v0 * (f8(-2) * v1 * v2)
            d_d_output_d_x0[n * u_size + u] = v3
            v4 = d_output_d_x0[n * u_size + u]
            v5 = d_output[n * u_size + u] + v0 * (f8(-2) * v4 * v2)
            d_output[n * u_size + u] = v5
            d_d_z_d_x0[n * u_size + u] = v0 * (v4 * (f8(-2) * v1))
            d_d_z_d_x0[n * u_size + u] += v3 * (f8(1) - v1 * v1)
            v6 = v5 + v3 * (f8(-2) * v1 * v2)
            d_output[n * u_size + u] = v6
            v7 = d_d_output_d_t[n * u_size + u]
            d_d_z_d_t[n * u_size + u] = v7 * (f8(1) - v1 * v1)
            v8 = v6 + v7 * (f8(-2) * v1 * d_z_d_t[n * u_size + u])
            d_output[n * u_size + u] = v8
            v9 = v8 * (f8(1) - v1 * v1)
            d_z[n * u_size + u] = v9
            d_bias[u] += v9


@kernel
def compute_learning(learning, rate):
    # learning = 0.1 · rate    library/every/optimizer.nn
    learning[0] = f8(0.1) * f8(rate)


@kernel
def compute_kernel_5(learning, kernel, d_kernel, j_size):
    # kernel[i,j] = kernel[i,j] - learning · ∂kernel[i,j]    library/optimizers.nn
    v0 = learning[0]
    for j in range(j_size):
        v1 = kernel[j] - v0 * d_kernel[j]
        kernel[j] = v1


@kernel
def compute_output_d_output_d_x0(z, bias, output, d_z_d_x0, d_output_d_x0, n_size, u_size):
    # output[n,u] = tanh(z[n,u] + bias[u])    library/layers.nn
    # ∂output/∂x₀[n,u] = ∂z/∂x₀[n,u] · (1 - output[n,u] · output[n,u])    library/layers.nn tangent of
    #     dense_1.output
    for n in range(n_size):
        for u in range(u_size):
            v0 = tanh(z[n * u_size + u] + bias[u])
            output[n * u_size + u] = v0
            d_output_d_x0[n * u_size + u] = d_z_d_x0[n * u_size + u] * (f8(1) - v0 * v0)


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
    restore_denormals(word)


def initial_rows(at, batch):
    """The operations of `initial`, in order."""
    return [
        # kernel[i,j] = uniform()    library/layers.nn
        (COMPUTE_KERNEL, at.dense_1_kernel, 8, 1000001),
        # kernel[i,j] = -1 + 2 · kernel[i,j]    library/layers.nn
        (COMPUTE_KERNEL_2, at.dense_1_kernel, 8),
        # bias[i] = 0    library/layers.nn
        (COMPUTE_BIAS, at.dense_1_bias, 4),
        # kernel[i,j] = uniform()    library/layers.nn
        (COMPUTE_KERNEL, at.dense_2_kernel, 4, 1000002),
        # kernel[i,j] = -1.0954451150103321 + 2.1908902300206643 · kernel[i,j]    library/layers.nn
        (COMPUTE_KERNEL_3, at.dense_2_kernel, 4),
        # bias[i] = 0    library/layers.nn
        (COMPUTE_BIAS, at.dense_2_bias, 1),
        # kernel[i,j] = uniform()    library/layers.nn
        (COMPUTE_KERNEL, at.dense_3_kernel, 12, 1000003),
        # kernel[i,j] = -0.9258200997725514 + 1.8516401995451028 · kernel[i,j]    library/layers.nn
        (COMPUTE_KERNEL_4, at.dense_3_kernel, 12),
        # bias[i] = 0    library/layers.nn
        (COMPUTE_BIAS, at.dense_3_bias, 4),
        # kernel[i,j] = uniform()    library/layers.nn
        (COMPUTE_KERNEL, at.dense_4_kernel, 4, 1000004),
        # kernel[i,j] = -1.0954451150103321 + 2.1908902300206643 · kernel[i,j]    library/layers.nn
        (COMPUTE_KERNEL_3, at.dense_4_kernel, 4),
        # bias[i] = 0    library/layers.nn
        (COMPUTE_BIAS, at.dense_4_bias, 1),
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
        if operation == COMPUTE_LISTED:
            compute_listed(view(real, row[1]), view(real, row[2]), row[3], row[4], row[5])
        elif operation == COMPUTE_D_LISTED_D_T:
            compute_d_listed_d_t(view(real, row[1]), row[2], row[3])
        elif operation == COMPUTE_D_LISTED_D_X0:
            compute_d_listed_d_x0(view(real, row[1]), row[2], row[3])
        elif operation == COMPUTE_LISTED_2:
            compute_listed_2(view(real, row[1]), view(real, row[2]), row[3], row[4])
        elif operation == COMPUTE_D_LISTED_D_T_2:
            compute_d_listed_d_t_2(view(real, row[1]), row[2], row[3])
        elif operation == COMPUTE_D_LISTED_D_X0_2:
            compute_d_listed_d_x0_2(view(real, row[1]), row[2], row[3])
        elif operation == GEMM:
            gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                 row[10], view(real, row[11]), row[12])
        elif operation == COMPUTE_OUTPUT_D_OUTPUT_D_T_D_OUTPUT_D_X0:
            compute_output_d_output_d_t_d_output_d_x0(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                    view(real, row[4]), view(real, row[5]), view(real, row[6]), view(real, row[7]), view(real, row[8]),
                    row[9], row[10])
        elif operation == COMPUTE_U:
            compute_u(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == COMPUTE_FLUX:
            compute_flux(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
        elif operation == COMPUTE_OUTPUT:
            compute_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == COMPUTE_Y_SUM:
            compute_y_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                          view(real, row[5]), row[6], row[7])
        elif operation == COMPUTE_SUM:
            compute_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
        elif operation == COMPUTE_SUM_2:
            compute_sum_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                          view(real, row[5]), row[6], row[7])
        elif operation == COMPUTE_D_Z:
            compute_d_z(view(real, row[1]), row[2])
        elif operation == COMPUTE_D_Z_2:
            compute_d_z_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
        elif operation == COMPUTE_SUM_3:
            compute_sum_3(view(real, row[1]), view(real, row[2]), row[3], row[4], row[5])
        elif operation == COMPUTE_SUM_4_OBJECTIVE:
            compute_sum_4_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                    view(real, row[5]), row[6], row[7], batch)
        elif operation == COMPUTE_D_SUM:
            compute_d_sum(view(real, row[1]), batch)
        elif operation == COMPUTE_D_SUM_3_D_Y_D_X:
            compute_d_sum_3_d_y_d_x(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                    view(real, row[5]), row[6], row[7], row[8])
        elif operation == COMPUTE_D_OUTPUT_D_OUTPUT:
            compute_d_output_d_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                      view(real, row[5]), row[6])
        elif operation == COMPUTE_D_Z_D_T_D_U_D_Z_D_X0:
            compute_d_z_d_t_d_u_d_z_d_x0(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                         view(real, row[5]), view(real, row[6]), view(real, row[7]), view(real, row[8]),
                                         view(real, row[9]), row[10])
        elif operation == COMPUTE_D_SUM_D_Y_D_BIAS:
            compute_d_sum_d_y_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                     view(real, row[5]), view(real, row[6]), view(real, row[7]), row[8], row[9])
        elif operation == COMPUTE_D_Z_D_BIAS:
            compute_d_z_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]), row[5],
                               row[6])
        elif operation == COMPUTE_D_BIAS:
            compute_d_bias(view(real, row[1]), view(real, row[2]), row[3], row[4])
        elif operation == COMPUTE_D_OUTPUT_D_X0_D_OUTPUT_D_Z_D_X0:
            compute_d_output_d_x0_d_output_d_z_d_x0(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                    view(real, row[4]), view(real, row[5]), view(real, row[6]), view(real, row[7]), view(real, row[8]),
                    view(real, row[9]), view(real, row[10]), view(real, row[11]), view(real, row[12]), row[13], row[14])
        elif operation == COMPUTE_LEARNING:
            compute_learning(view(real, row[1]), rate)
        elif operation == COMPUTE_KERNEL_5:
            compute_kernel_5(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
    restore_denormals(word)


def learn_rows(at, batch):
    """The operations of `learn`, in order."""
    return [
        # listed[n,0] = x[n,0]    slopes.nn:4
        (COMPUTE_LISTED, at.x, at.dense_1_listed, batch, 3, 2),
        # ∂listed/∂t[n,0] = 0    slopes.nn:4 tangent of dense_1.listed
        (COMPUTE_D_LISTED_D_T, at.d_dense_1_listed_d_t, batch, 2),
        # ∂listed/∂x₀[n,0] = 1    slopes.nn:4 tangent of dense_1.listed
        (COMPUTE_D_LISTED_D_X0, at.d_dense_1_listed_d_x0, batch, 2),
        # listed[n,1] = t[n]    slopes.nn:4
        (COMPUTE_LISTED_2, at.t, at.dense_1_listed, batch, 2),
        # ∂listed/∂t[n,1] = 1    slopes.nn:4 tangent of dense_1.listed
        (COMPUTE_D_LISTED_D_T_2, at.d_dense_1_listed_d_t, batch, 2),
        # ∂listed/∂x₀[n,1] = 0    slopes.nn:4 tangent of dense_1.listed
        (COMPUTE_D_LISTED_D_X0_2, at.d_dense_1_listed_d_x0, batch, 2),
        # z[n,u] = Σ_i listed[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 4, 2, at.dense_1_listed, 2, at.dense_1_kernel, 4, 0, at.dense_1_z, 4),
        # ∂z/∂t[n,u] = Σ_i ∂listed/∂t[n,i] · kernel[i,u]    library/layers.nn tangent of dense_1.z
        (GEMM, 0, 0, batch, 4, 2, at.d_dense_1_listed_d_t, 2, at.dense_1_kernel, 4, 0, at.d_dense_1_z_d_t, 4),
        # ∂z/∂x₀[n,u] = Σ_i ∂listed/∂x₀[n,i] · kernel[i,u]    library/layers.nn tangent of dense_1.z
        (GEMM, 0, 0, batch, 4, 2, at.d_dense_1_listed_d_x0, 2, at.dense_1_kernel, 4, 0, at.d_dense_1_z_d_x0, 4),
        # output[n,u] = tanh(z[n,u] + bias[u])    library/layers.nn
        # ∂output/∂t[n,u] = ∂z/∂t[n,u] · (1 - output[n,u] · output[n,u])    library/layers.nn tangent of
        #     dense_1.output
        # ∂output/∂x₀[n,u] = ∂z/∂x₀[n,u] · (1 - output[n,u] · output[n,u])    library/layers.nn tangent of
        #     dense_1.output
        # ∂²output/∂x₀∂x₀[n,u] = ∂output/∂x₀[n,u] · -2 · output[n,u] · ∂z/∂x₀[n,u]    library/layers.nn tangent
        #     of ∂dense_1.output/∂x₀
        (COMPUTE_OUTPUT_D_OUTPUT_D_T_D_OUTPUT_D_X0, at.dense_1_z, at.dense_1_bias, at.dense_1_output,
         at.d_dense_1_z_d_t, at.d_dense_1_output_d_t, at.d_dense_1_z_d_x0, at.d_dense_1_output_d_x0,
         at.d_2_dense_1_output_d_x0d_x0, batch, 4),
        # z[n,u] = Σ_i output[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 1, 4, at.dense_1_output, 4, at.dense_2_kernel, 1, 0, at.dense_2_z, 1),
        # ∂z/∂t[n,u] = Σ_i ∂output/∂t[n,i] · kernel[i,u]    library/layers.nn tangent of dense_2.z
        (GEMM, 0, 0, batch, 1, 4, at.d_dense_1_output_d_t, 4, at.dense_2_kernel, 1, 0, at.d_dense_2_z_d_t, 1),
        # ∂z/∂x₀[n,u] = Σ_i ∂output/∂x₀[n,i] · kernel[i,u]    library/layers.nn tangent of dense_2.z
        (GEMM, 0, 0, batch, 1, 4, at.d_dense_1_output_d_x0, 4, at.dense_2_kernel, 1, 0, at.d_dense_2_z_d_x0, 1),
        # ∂²z/∂x₀∂x₀[n,u] = Σ_i ∂²output/∂x₀∂x₀[n,i] · kernel[i,u]    library/layers.nn tangent of
        #     ∂dense_2.z/∂x₀
        (GEMM, 0, 0, batch, 1, 4, at.d_2_dense_1_output_d_x0d_x0, 4, at.dense_2_kernel, 1, 0, at.d_2_dense_2_z_d_x0d_x0,
         1),
        # u[n,u] = z[n,u] + bias[u]    library/layers.nn
        (COMPUTE_U, at.dense_2_z, at.dense_2_bias, at.u, batch, 1),
        # flux[n] = ∂z/∂x₀[n,0] + t[n]    slopes.nn:5
        (COMPUTE_FLUX, at.d_dense_2_z_d_x0, at.t, at.flux, batch),
        # z[n,u] = Σ_i x[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 4, 3, at.x, 3, at.dense_3_kernel, 4, 0, at.dense_3_z, 4),
        # output[n,u] = tanh(z[n,u] + bias[u])    library/layers.nn
        (COMPUTE_OUTPUT, at.dense_3_z, at.dense_3_bias, at.dense_3_output, batch, 4),
        # z[n,u] = Σ_i output[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 1, 4, at.dense_3_output, 4, at.dense_4_kernel, 1, 0, at.dense_4_z, 1),
        # y[n,u] = z[n,u] + bias[u]    library/layers.nn
        # sum[n] = Σ_k (target.y[n,k] - y[n,k]) · (target.y[n,k] - y[n,k])    library/losses.nn
        (COMPUTE_Y_SUM, at.dense_4_z, at.dense_4_bias, at.y, at.target_y, at.mean_squared_error_output_sum, batch, 1),
        # objective.sum = Σ_n sample weight[n] · output.sum[n]    slopes.nn:12
        (COMPUTE_SUM, at.sample_weight, at.mean_squared_error_output_sum, at.objective_sum, batch),
        # sum_2 = Σ_{n,i} (∂z/∂t[n,i] + u[n,i] · ∂z/∂x₀[n,i] - 0.1 · ∂²z/∂x₀∂x₀[n,i]) · (∂z/∂t[n,i] + u[n,i] ·
        #     ∂z/∂x₀[n,i] - 0.1 · ∂²z/∂x₀∂x₀[n,i])    slopes.nn:12
        (COMPUTE_SUM_2, at.d_dense_2_z_d_t, at.u, at.d_dense_2_z_d_x0, at.d_2_dense_2_z_d_x0d_x0, at.objective_sum_2,
         batch, 1),
        # ∂y/∂z[n,u] = 1    library/layers.nn adjoint of y
        (COMPUTE_D_Z, at.d_y_d_dense_4_z, batch),
        # ∂y/∂output[n,i] = Σ_u ∂y/∂z[n,u] · kernel[i,u]    library/layers.nn adjoint of dense_4.z
        (GEMM, 0, 1, batch, 4, 1, at.d_y_d_dense_4_z, 1, at.dense_4_kernel, 1, 0, at.d_y_d_dense_3_output, 4),
        # ∂y/∂z[n,u] = ∂y/∂output[n,u] · (1 - output[n,u] · output[n,u])    library/layers.nn adjoint of
        #     dense_3.output
        (COMPUTE_D_Z_2, at.dense_3_output, at.d_y_d_dense_3_output, at.d_y_d_dense_3_z, 4*batch),
        # ∂y/∂x[n,i] = Σ_u ∂y/∂z[n,u] · kernel[i,u]    library/layers.nn adjoint of dense_3.z
        (GEMM, 0, 1, batch, 3, 4, at.d_y_d_dense_3_z, 4, at.dense_3_kernel, 4, 0, at.d_y_d_x, 3),
        # sum_3[n,i] = Σ_i2 ∂y/∂x[n,i2] · ∂y/∂x[n,i2]    slopes.nn:12
        (COMPUTE_SUM_3, at.d_y_d_x, at.objective_sum_3, batch, 1, 3),
        # sum_4 = Σ_{n,i} 0.1 · (sqrt(sum_3[n,i] + 1e-12) - 1) · (sqrt(sum_3[n,i] + 1e-12) - 1)    slopes.nn:12
        # objective = sum / batch + sum_2 / batch + sum_4 / batch    slopes.nn:12
        (COMPUTE_SUM_4_OBJECTIVE, at.objective_sum_3, at.objective_sum_4, at.objective_sum, at.objective_sum_2,
         at.objective, batch, 1),
        # ∂sum = 1 / batch    slopes.nn:12 adjoint of objective
        (COMPUTE_D_SUM, at.d_objective_sum),
        # ∂sum_3[n,i] = ∂sum · 0.1 · (sqrt(sum_3[n,i] + 1e-12) - 1) / sqrt(sum_3[n,i] + 1e-12)    slopes.nn:12
        #     adjoint of objective.sum_4
        # ∂∂y/∂x[n,i2] = Σ_i ∂sum_3[n,i] · 2 · ∂y/∂x[n,i2]    slopes.nn:12 adjoint of objective.sum_3
        (COMPUTE_D_SUM_3_D_Y_D_X, at.d_objective_sum, at.objective_sum_3, at.d_objective_sum_3, at.d_y_d_x,
         at.d_d_y_d_x, batch, 1, 3),
        # ∂∂y/∂z[n,u] = Σ_i ∂∂y/∂x[n,i] · kernel[i,u]    library/layers.nn adjoint of ∂y/∂x
        (GEMM, 0, 0, batch, 4, 3, at.d_d_y_d_x, 3, at.dense_3_kernel, 4, 0, at.d_d_y_d_dense_3_z, 4),
        # ∂kernel[i,u] = Σ_n ∂∂y/∂x[n,i] · ∂y/∂z[n,u]    library/layers.nn adjoint of ∂y/∂x
        (GEMM, 1, 0, 3, 4, batch, at.d_d_y_d_x, 3, at.d_y_d_dense_3_z, 4, 0, at.d_dense_3_kernel, 4),
        # ∂∂y/∂output[n,u] = ∂∂y/∂z[n,u] · (1 - output[n,u] · output[n,u])    library/layers.nn adjoint of
        #     ∂y/∂dense_3.z
        # ∂output[n,u] = ∂∂y/∂z[n,u] · -2 · output[n,u] · ∂y/∂output[n,u]    library/layers.nn adjoint of
        #     ∂y/∂dense_3.z
        (COMPUTE_D_OUTPUT_D_OUTPUT, at.d_d_y_d_dense_3_z, at.dense_3_output, at.d_d_y_d_dense_3_output,
         at.d_y_d_dense_3_output, at.d_dense_3_output, 4*batch),
        # ∂kernel[i,u] = Σ_n ∂∂y/∂output[n,i] · ∂y/∂z[n,u]    library/layers.nn adjoint of ∂y/∂dense_3.output
        (GEMM, 1, 0, 4, 1, batch, at.d_d_y_d_dense_3_output, 4, at.d_y_d_dense_4_z, 1, 0, at.d_dense_4_kernel, 1),
        # ∂∂z/∂t[n,i] = ∂sum · 2 · (∂z/∂t[n,i] + u[n,i] · ∂z/∂x₀[n,i] - 0.1 · ∂²z/∂x₀∂x₀[n,i])    slopes.nn:12
        #     adjoint of objective.sum_2
        # ∂u[n,i] = ∂sum · 2 · ∂z/∂x₀[n,i] · (∂z/∂t[n,i] + u[n,i] · ∂z/∂x₀[n,i] - 0.1 · ∂²z/∂x₀∂x₀[n,i])
        #     slopes.nn:12 adjoint of objective.sum_2
        # ∂∂z/∂x₀[n,i] = ∂sum · 2 · u[n,i] · (∂z/∂t[n,i] + u[n,i] · ∂z/∂x₀[n,i] - 0.1 · ∂²z/∂x₀∂x₀[n,i])
        #     slopes.nn:12 adjoint of objective.sum_2
        # ∂∂²z/∂x₀∂x₀[n,i] = ∂sum · -0.2 · (∂z/∂t[n,i] + u[n,i] · ∂z/∂x₀[n,i] - 0.1 · ∂²z/∂x₀∂x₀[n,i])
        #     slopes.nn:12 adjoint of objective.sum_2
        (COMPUTE_D_Z_D_T_D_U_D_Z_D_X0, at.d_objective_sum, at.d_dense_2_z_d_t, at.u, at.d_dense_2_z_d_x0,
         at.d_2_dense_2_z_d_x0d_x0, at.d_d_dense_2_z_d_t, at.d_u, at.d_d_dense_2_z_d_x0, at.d_d_2_dense_2_z_d_x0d_x0,
         batch),
        # ∂output.sum[n] = ∂objective.sum · sample weight[n]    slopes.nn:12 adjoint of objective.sum
        # ∂y[n,k] = ∂sum[n] · -2 · (target.y[n,k] - y[n,k])    library/losses.nn adjoint of
        #     mean_squared_error.output.sum
        # ∂bias[u] = Σ_n ∂y[n,u]    library/layers.nn adjoint of y
        (COMPUTE_D_SUM_D_Y_D_BIAS, at.d_dense_4_bias, at.d_objective_sum, at.sample_weight,
         at.d_mean_squared_error_output_sum, at.target_y, at.y, at.d_y, 1, batch),
        # ∂output[n,i] += Σ_u ∂y[n,u] · kernel[i,u]    library/layers.nn adjoint of dense_4.z
        (GEMM, 0, 1, batch, 4, 1, at.d_y, 1, at.dense_4_kernel, 1, 1, at.d_dense_3_output, 4),
        # ∂kernel[i,u] += Σ_n ∂y[n,u] · output[n,i]    library/layers.nn adjoint of dense_4.z
        (GEMM, 1, 0, 4, 1, batch, at.dense_3_output, 4, at.d_y, 1, 1, at.d_dense_4_kernel, 1),
        # ∂z[n,u] = ∂output[n,u] · (1 - output[n,u] · output[n,u])    library/layers.nn adjoint of
        #     dense_3.output
        # ∂bias[u] = Σ_n ∂z[n,u]    library/layers.nn adjoint of dense_3.output
        (COMPUTE_D_Z_D_BIAS, at.d_dense_3_bias, at.dense_3_output, at.d_dense_3_output, at.d_dense_3_z, 4, batch),
        # ∂kernel[i,u] += Σ_n ∂z[n,u] · x[n,i]    library/layers.nn adjoint of dense_3.z
        (GEMM, 1, 0, 3, 4, batch, at.x, 3, at.d_dense_3_z, 4, 1, at.d_dense_3_kernel, 4),
        # ∂bias[u] = Σ_n ∂u[n,u]    library/layers.nn adjoint of u
        (COMPUTE_D_BIAS, at.d_dense_2_bias, at.d_u, 1, batch),
        # ∂∂²output/∂x₀∂x₀[n,i] = Σ_u ∂∂²z/∂x₀∂x₀[n,u] · kernel[i,u]    library/layers.nn adjoint of
        #     ∂²dense_2.z/∂x₀∂x₀
        (GEMM, 0, 1, batch, 4, 1, at.d_d_2_dense_2_z_d_x0d_x0, 1, at.dense_2_kernel, 1, 0,
         at.d_d_2_dense_1_output_d_x0d_x0, 4),
        # ∂kernel[i,u] = Σ_n ∂∂²z/∂x₀∂x₀[n,u] · ∂²output/∂x₀∂x₀[n,i]    library/layers.nn adjoint of
        #     ∂²dense_2.z/∂x₀∂x₀
        (GEMM, 1, 0, 4, 1, batch, at.d_2_dense_1_output_d_x0d_x0, 4, at.d_d_2_dense_2_z_d_x0d_x0, 1, 0,
         at.d_dense_2_kernel, 1),
        # ∂∂output/∂x₀[n,i] = Σ_u ∂∂z/∂x₀[n,u] · kernel[i,u]    library/layers.nn adjoint of ∂dense_2.z/∂x₀
        (GEMM, 0, 1, batch, 4, 1, at.d_d_dense_2_z_d_x0, 1, at.dense_2_kernel, 1, 0, at.d_d_dense_1_output_d_x0, 4),
        # ∂kernel[i,u] += Σ_n ∂∂z/∂x₀[n,u] · ∂output/∂x₀[n,i]    library/layers.nn adjoint of ∂dense_2.z/∂x₀
        (GEMM, 1, 0, 4, 1, batch, at.d_dense_1_output_d_x0, 4, at.d_d_dense_2_z_d_x0, 1, 1, at.d_dense_2_kernel, 1),
        # ∂∂output/∂t[n,i] = Σ_u ∂∂z/∂t[n,u] · kernel[i,u]    library/layers.nn adjoint of ∂dense_2.z/∂t
        (GEMM, 0, 1, batch, 4, 1, at.d_d_dense_2_z_d_t, 1, at.dense_2_kernel, 1, 0, at.d_d_dense_1_output_d_t, 4),
        # ∂kernel[i,u] += Σ_n ∂∂z/∂t[n,u] · ∂output/∂t[n,i]    library/layers.nn adjoint of ∂dense_2.z/∂t
        (GEMM, 1, 0, 4, 1, batch, at.d_dense_1_output_d_t, 4, at.d_d_dense_2_z_d_t, 1, 1, at.d_dense_2_kernel, 1),
        # ∂output[n,i] = Σ_u ∂u[n,u] · kernel[i,u]    library/layers.nn adjoint of dense_2.z
        (GEMM, 0, 1, batch, 4, 1, at.d_u, 1, at.dense_2_kernel, 1, 0, at.d_dense_1_output, 4),
        # ∂kernel[i,u] += Σ_n ∂u[n,u] · output[n,i]    library/layers.nn adjoint of dense_2.z
        (GEMM, 1, 0, 4, 1, batch, at.dense_1_output, 4, at.d_u, 1, 1, at.d_dense_2_kernel, 1),
        # ∂∂output/∂x₀[n,u] += ∂∂²output/∂x₀∂x₀[n,u] · -2 · output[n,u] · ∂z/∂x₀[n,u]    library/layers.nn
        #     adjoint of ∂²dense_1.output/∂x₀∂x₀
        # ∂output[n,u] += ∂∂²output/∂x₀∂x₀[n,u] · -2 · ∂output/∂x₀[n,u] · ∂z/∂x₀[n,u]    library/layers.nn
        #     adjoint of ∂²dense_1.output/∂x₀∂x₀
        # ∂∂z/∂x₀[n,u] = ∂∂²output/∂x₀∂x₀[n,u] · ∂output/∂x₀[n,u] · -2 · output[n,u]    library/layers.nn
        #     adjoint of ∂²dense_1.output/∂x₀∂x₀
        # ∂∂z/∂x₀[n,u] += ∂∂output/∂x₀[n,u] · (1 - output[n,u] · output[n,u])    library/layers.nn adjoint of
        #     ∂dense_1.output/∂x₀
        # ∂output[n,u] += ∂∂output/∂x₀[n,u] · -2 · output[n,u] · ∂z/∂x₀[n,u]    library/layers.nn adjoint of
        #     ∂dense_1.output/∂x₀
        # ∂∂z/∂t[n,u] = ∂∂output/∂t[n,u] · (1 - output[n,u] · output[n,u])    library/layers.nn adjoint of
        #     ∂dense_1.output/∂t
        # ∂output[n,u] += ∂∂output/∂t[n,u] · -2 · output[n,u] · ∂z/∂t[n,u]    library/layers.nn adjoint of
        #     ∂dense_1.output/∂t
        # ∂z[n,u] = ∂output[n,u] · (1 - output[n,u] · output[n,u])    library/layers.nn adjoint of
        #     dense_1.output
        # ∂bias[u] = Σ_n ∂z[n,u]    library/layers.nn adjoint of dense_1.output
        (COMPUTE_D_OUTPUT_D_X0_D_OUTPUT_D_Z_D_X0, at.d_dense_1_bias, at.d_d_2_dense_1_output_d_x0d_x0,
         at.dense_1_output, at.d_dense_1_z_d_x0, at.d_d_dense_1_output_d_x0, at.d_dense_1_output_d_x0,
         at.d_dense_1_output, at.d_d_dense_1_z_d_x0, at.d_d_dense_1_output_d_t, at.d_d_dense_1_z_d_t,
         at.d_dense_1_z_d_t, at.d_dense_1_z, 4, batch),
        # ∂kernel[i,u] = Σ_n ∂∂z/∂x₀[n,u] · ∂listed/∂x₀[n,i]    library/layers.nn adjoint of ∂dense_1.z/∂x₀
        (GEMM, 1, 0, 2, 4, batch, at.d_dense_1_listed_d_x0, 2, at.d_d_dense_1_z_d_x0, 4, 0, at.d_dense_1_kernel, 4),
        # ∂kernel[i,u] += Σ_n ∂∂z/∂t[n,u] · ∂listed/∂t[n,i]    library/layers.nn adjoint of ∂dense_1.z/∂t
        (GEMM, 1, 0, 2, 4, batch, at.d_dense_1_listed_d_t, 2, at.d_d_dense_1_z_d_t, 4, 1, at.d_dense_1_kernel, 4),
        # ∂kernel[i,u] += Σ_n ∂z[n,u] · listed[n,i]    library/layers.nn adjoint of dense_1.z
        (GEMM, 1, 0, 2, 4, batch, at.dense_1_listed, 2, at.d_dense_1_z, 4, 1, at.d_dense_1_kernel, 4),
    ]


def update_rows(at, batch):
    """The operations of `update`, in order."""
    return [
        # learning = 0.1 · rate    library/every/optimizer.nn
        (COMPUTE_LEARNING, at.learning),
        # kernel[i,j] = kernel[i,j] - learning · ∂kernel[i,j]    library/optimizers.nn
        (COMPUTE_KERNEL_5, at.learning, at.dense_1_kernel, at.d_dense_1_kernel, 8),
        # bias[i] = bias[i] - learning · ∂bias[i]    library/optimizers.nn
        (COMPUTE_KERNEL_5, at.learning, at.dense_1_bias, at.d_dense_1_bias, 4),
        # kernel[i,j] = kernel[i,j] - learning · ∂kernel[i,j]    library/optimizers.nn
        (COMPUTE_KERNEL_5, at.learning, at.dense_2_kernel, at.d_dense_2_kernel, 4),
        # bias[i] = bias[i] - learning · ∂bias[i]    library/optimizers.nn
        (COMPUTE_KERNEL_5, at.learning, at.dense_2_bias, at.d_dense_2_bias, 1),
        # kernel[i,j] = kernel[i,j] - learning · ∂kernel[i,j]    library/optimizers.nn
        (COMPUTE_KERNEL_5, at.learning, at.dense_3_kernel, at.d_dense_3_kernel, 12),
        # bias[i] = bias[i] - learning · ∂bias[i]    library/optimizers.nn
        (COMPUTE_KERNEL_5, at.learning, at.dense_3_bias, at.d_dense_3_bias, 4),
        # kernel[i,j] = kernel[i,j] - learning · ∂kernel[i,j]    library/optimizers.nn
        (COMPUTE_KERNEL_5, at.learning, at.dense_4_kernel, at.d_dense_4_kernel, 4),
        # bias[i] = bias[i] - learning · ∂bias[i]    library/optimizers.nn
        (COMPUTE_KERNEL_5, at.learning, at.dense_4_bias, at.d_dense_4_bias, 1),
    ]


@entry
def assess(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of assess."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_LISTED:
            compute_listed(view(real, row[1]), view(real, row[2]), row[3], row[4], row[5])
        elif operation == COMPUTE_D_LISTED_D_T:
            compute_d_listed_d_t(view(real, row[1]), row[2], row[3])
        elif operation == COMPUTE_D_LISTED_D_X0:
            compute_d_listed_d_x0(view(real, row[1]), row[2], row[3])
        elif operation == COMPUTE_LISTED_2:
            compute_listed_2(view(real, row[1]), view(real, row[2]), row[3], row[4])
        elif operation == COMPUTE_D_LISTED_D_T_2:
            compute_d_listed_d_t_2(view(real, row[1]), row[2], row[3])
        elif operation == COMPUTE_D_LISTED_D_X0_2:
            compute_d_listed_d_x0_2(view(real, row[1]), row[2], row[3])
        elif operation == GEMM:
            gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                 row[10], view(real, row[11]), row[12])
        elif operation == COMPUTE_OUTPUT_D_OUTPUT_D_T_D_OUTPUT_D_X0:
            compute_output_d_output_d_t_d_output_d_x0(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                    view(real, row[4]), view(real, row[5]), view(real, row[6]), view(real, row[7]), view(real, row[8]),
                    row[9], row[10])
        elif operation == COMPUTE_U:
            compute_u(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == COMPUTE_FLUX:
            compute_flux(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
        elif operation == COMPUTE_OUTPUT:
            compute_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == COMPUTE_Y_SUM:
            compute_y_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                          view(real, row[5]), row[6], row[7])
        elif operation == COMPUTE_SUM:
            compute_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
        elif operation == COMPUTE_SUM_2:
            compute_sum_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                          view(real, row[5]), row[6], row[7])
        elif operation == COMPUTE_D_Z:
            compute_d_z(view(real, row[1]), row[2])
        elif operation == COMPUTE_D_Z_2:
            compute_d_z_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
        elif operation == COMPUTE_SUM_3:
            compute_sum_3(view(real, row[1]), view(real, row[2]), row[3], row[4], row[5])
        elif operation == COMPUTE_SUM_4_OBJECTIVE:
            compute_sum_4_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                    view(real, row[5]), row[6], row[7], batch)
    restore_denormals(word)


def assess_rows(at, batch):
    """The operations of `assess`, in order."""
    return [
        # listed[n,0] = x[n,0]    slopes.nn:4
        (COMPUTE_LISTED, at.x, at.dense_1_listed, batch, 3, 2),
        # ∂listed/∂t[n,0] = 0    slopes.nn:4 tangent of dense_1.listed
        (COMPUTE_D_LISTED_D_T, at.d_dense_1_listed_d_t, batch, 2),
        # ∂listed/∂x₀[n,0] = 1    slopes.nn:4 tangent of dense_1.listed
        (COMPUTE_D_LISTED_D_X0, at.d_dense_1_listed_d_x0, batch, 2),
        # listed[n,1] = t[n]    slopes.nn:4
        (COMPUTE_LISTED_2, at.t, at.dense_1_listed, batch, 2),
        # ∂listed/∂t[n,1] = 1    slopes.nn:4 tangent of dense_1.listed
        (COMPUTE_D_LISTED_D_T_2, at.d_dense_1_listed_d_t, batch, 2),
        # ∂listed/∂x₀[n,1] = 0    slopes.nn:4 tangent of dense_1.listed
        (COMPUTE_D_LISTED_D_X0_2, at.d_dense_1_listed_d_x0, batch, 2),
        # z[n,u] = Σ_i listed[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 4, 2, at.dense_1_listed, 2, at.dense_1_kernel, 4, 0, at.dense_1_z, 4),
        # ∂z/∂t[n,u] = Σ_i ∂listed/∂t[n,i] · kernel[i,u]    library/layers.nn tangent of dense_1.z
        (GEMM, 0, 0, batch, 4, 2, at.d_dense_1_listed_d_t, 2, at.dense_1_kernel, 4, 0, at.d_dense_1_z_d_t, 4),
        # ∂z/∂x₀[n,u] = Σ_i ∂listed/∂x₀[n,i] · kernel[i,u]    library/layers.nn tangent of dense_1.z
        (GEMM, 0, 0, batch, 4, 2, at.d_dense_1_listed_d_x0, 2, at.dense_1_kernel, 4, 0, at.d_dense_1_z_d_x0, 4),
        # output[n,u] = tanh(z[n,u] + bias[u])    library/layers.nn
        # ∂output/∂t[n,u] = ∂z/∂t[n,u] · (1 - output[n,u] · output[n,u])    library/layers.nn tangent of
        #     dense_1.output
        # ∂output/∂x₀[n,u] = ∂z/∂x₀[n,u] · (1 - output[n,u] · output[n,u])    library/layers.nn tangent of
        #     dense_1.output
        # ∂²output/∂x₀∂x₀[n,u] = ∂output/∂x₀[n,u] · -2 · output[n,u] · ∂z/∂x₀[n,u]    library/layers.nn tangent
        #     of ∂dense_1.output/∂x₀
        (COMPUTE_OUTPUT_D_OUTPUT_D_T_D_OUTPUT_D_X0, at.dense_1_z, at.dense_1_bias, at.dense_1_output,
         at.d_dense_1_z_d_t, at.d_dense_1_output_d_t, at.d_dense_1_z_d_x0, at.d_dense_1_output_d_x0,
         at.d_2_dense_1_output_d_x0d_x0, batch, 4),
        # z[n,u] = Σ_i output[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 1, 4, at.dense_1_output, 4, at.dense_2_kernel, 1, 0, at.dense_2_z, 1),
        # ∂z/∂t[n,u] = Σ_i ∂output/∂t[n,i] · kernel[i,u]    library/layers.nn tangent of dense_2.z
        (GEMM, 0, 0, batch, 1, 4, at.d_dense_1_output_d_t, 4, at.dense_2_kernel, 1, 0, at.d_dense_2_z_d_t, 1),
        # ∂z/∂x₀[n,u] = Σ_i ∂output/∂x₀[n,i] · kernel[i,u]    library/layers.nn tangent of dense_2.z
        (GEMM, 0, 0, batch, 1, 4, at.d_dense_1_output_d_x0, 4, at.dense_2_kernel, 1, 0, at.d_dense_2_z_d_x0, 1),
        # ∂²z/∂x₀∂x₀[n,u] = Σ_i ∂²output/∂x₀∂x₀[n,i] · kernel[i,u]    library/layers.nn tangent of
        #     ∂dense_2.z/∂x₀
        (GEMM, 0, 0, batch, 1, 4, at.d_2_dense_1_output_d_x0d_x0, 4, at.dense_2_kernel, 1, 0, at.d_2_dense_2_z_d_x0d_x0,
         1),
        # u[n,u] = z[n,u] + bias[u]    library/layers.nn
        (COMPUTE_U, at.dense_2_z, at.dense_2_bias, at.u, batch, 1),
        # flux[n] = ∂z/∂x₀[n,0] + t[n]    slopes.nn:5
        (COMPUTE_FLUX, at.d_dense_2_z_d_x0, at.t, at.flux, batch),
        # z[n,u] = Σ_i x[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 4, 3, at.x, 3, at.dense_3_kernel, 4, 0, at.dense_3_z, 4),
        # output[n,u] = tanh(z[n,u] + bias[u])    library/layers.nn
        (COMPUTE_OUTPUT, at.dense_3_z, at.dense_3_bias, at.dense_3_output, batch, 4),
        # z[n,u] = Σ_i output[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 1, 4, at.dense_3_output, 4, at.dense_4_kernel, 1, 0, at.dense_4_z, 1),
        # y[n,u] = z[n,u] + bias[u]    library/layers.nn
        # sum[n] = Σ_k (target.y[n,k] - y[n,k]) · (target.y[n,k] - y[n,k])    library/losses.nn
        (COMPUTE_Y_SUM, at.dense_4_z, at.dense_4_bias, at.y, at.target_y, at.mean_squared_error_output_sum, batch, 1),
        # objective.sum = Σ_n sample weight[n] · output.sum[n]    slopes.nn:12
        (COMPUTE_SUM, at.sample_weight, at.mean_squared_error_output_sum, at.objective_sum, batch),
        # sum_2 = Σ_{n,i} (∂z/∂t[n,i] + u[n,i] · ∂z/∂x₀[n,i] - 0.1 · ∂²z/∂x₀∂x₀[n,i]) · (∂z/∂t[n,i] + u[n,i] ·
        #     ∂z/∂x₀[n,i] - 0.1 · ∂²z/∂x₀∂x₀[n,i])    slopes.nn:12
        (COMPUTE_SUM_2, at.d_dense_2_z_d_t, at.u, at.d_dense_2_z_d_x0, at.d_2_dense_2_z_d_x0d_x0, at.objective_sum_2,
         batch, 1),
        # ∂y/∂z[n,u] = 1    library/layers.nn adjoint of y
        (COMPUTE_D_Z, at.d_y_d_dense_4_z, batch),
        # ∂y/∂output[n,i] = Σ_u ∂y/∂z[n,u] · kernel[i,u]    library/layers.nn adjoint of dense_4.z
        (GEMM, 0, 1, batch, 4, 1, at.d_y_d_dense_4_z, 1, at.dense_4_kernel, 1, 0, at.d_y_d_dense_3_output, 4),
        # ∂y/∂z[n,u] = ∂y/∂output[n,u] · (1 - output[n,u] · output[n,u])    library/layers.nn adjoint of
        #     dense_3.output
        (COMPUTE_D_Z_2, at.dense_3_output, at.d_y_d_dense_3_output, at.d_y_d_dense_3_z, 4*batch),
        # ∂y/∂x[n,i] = Σ_u ∂y/∂z[n,u] · kernel[i,u]    library/layers.nn adjoint of dense_3.z
        (GEMM, 0, 1, batch, 3, 4, at.d_y_d_dense_3_z, 4, at.dense_3_kernel, 4, 0, at.d_y_d_x, 3),
        # sum_3[n,i] = Σ_i2 ∂y/∂x[n,i2] · ∂y/∂x[n,i2]    slopes.nn:12
        (COMPUTE_SUM_3, at.d_y_d_x, at.objective_sum_3, batch, 1, 3),
        # sum_4 = Σ_{n,i} 0.1 · (sqrt(sum_3[n,i] + 1e-12) - 1) · (sqrt(sum_3[n,i] + 1e-12) - 1)    slopes.nn:12
        # objective = sum / batch + sum_2 / batch + sum_4 / batch    slopes.nn:12
        (COMPUTE_SUM_4_OBJECTIVE, at.objective_sum_3, at.objective_sum_4, at.objective_sum, at.objective_sum_2,
         at.objective, batch, 1),
    ]


@entry
def forward(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of forward."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_LISTED:
            compute_listed(view(real, row[1]), view(real, row[2]), row[3], row[4], row[5])
        elif operation == COMPUTE_D_LISTED_D_X0:
            compute_d_listed_d_x0(view(real, row[1]), row[2], row[3])
        elif operation == COMPUTE_LISTED_2:
            compute_listed_2(view(real, row[1]), view(real, row[2]), row[3], row[4])
        elif operation == COMPUTE_D_LISTED_D_X0_2:
            compute_d_listed_d_x0_2(view(real, row[1]), row[2], row[3])
        elif operation == GEMM:
            gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                 row[10], view(real, row[11]), row[12])
        elif operation == COMPUTE_OUTPUT_D_OUTPUT_D_X0:
            compute_output_d_output_d_x0(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                         view(real, row[5]), row[6], row[7])
        elif operation == COMPUTE_FLUX:
            compute_flux(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
        elif operation == COMPUTE_OUTPUT:
            compute_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == COMPUTE_U:
            compute_u(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
    restore_denormals(word)


def forward_rows(at, batch):
    """The operations of `forward`, in order."""
    return [
        # listed[n,0] = x[n,0]    slopes.nn:4
        (COMPUTE_LISTED, at.x, at.dense_1_listed, batch, 3, 2),
        # ∂listed/∂x₀[n,0] = 1    slopes.nn:4 tangent of dense_1.listed
        (COMPUTE_D_LISTED_D_X0, at.d_dense_1_listed_d_x0, batch, 2),
        # listed[n,1] = t[n]    slopes.nn:4
        (COMPUTE_LISTED_2, at.t, at.dense_1_listed, batch, 2),
        # ∂listed/∂x₀[n,1] = 0    slopes.nn:4 tangent of dense_1.listed
        (COMPUTE_D_LISTED_D_X0_2, at.d_dense_1_listed_d_x0, batch, 2),
        # z[n,u] = Σ_i listed[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 4, 2, at.dense_1_listed, 2, at.dense_1_kernel, 4, 0, at.dense_1_z, 4),
        # ∂z/∂x₀[n,u] = Σ_i ∂listed/∂x₀[n,i] · kernel[i,u]    library/layers.nn tangent of dense_1.z
        (GEMM, 0, 0, batch, 4, 2, at.d_dense_1_listed_d_x0, 2, at.dense_1_kernel, 4, 0, at.d_dense_1_z_d_x0, 4),
        # output[n,u] = tanh(z[n,u] + bias[u])    library/layers.nn
        # ∂output/∂x₀[n,u] = ∂z/∂x₀[n,u] · (1 - output[n,u] · output[n,u])    library/layers.nn tangent of
        #     dense_1.output
        (COMPUTE_OUTPUT_D_OUTPUT_D_X0, at.dense_1_z, at.dense_1_bias, at.dense_1_output, at.d_dense_1_z_d_x0,
         at.d_dense_1_output_d_x0, batch, 4),
        # ∂z/∂x₀[n,u] = Σ_i ∂output/∂x₀[n,i] · kernel[i,u]    library/layers.nn tangent of dense_2.z
        (GEMM, 0, 0, batch, 1, 4, at.d_dense_1_output_d_x0, 4, at.dense_2_kernel, 1, 0, at.d_dense_2_z_d_x0, 1),
        # flux[n] = ∂z/∂x₀[n,0] + t[n]    slopes.nn:5
        (COMPUTE_FLUX, at.d_dense_2_z_d_x0, at.t, at.flux, batch),
        # z[n,u] = Σ_i x[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 4, 3, at.x, 3, at.dense_3_kernel, 4, 0, at.dense_3_z, 4),
        # output[n,u] = tanh(z[n,u] + bias[u])    library/layers.nn
        (COMPUTE_OUTPUT, at.dense_3_z, at.dense_3_bias, at.dense_3_output, batch, 4),
        # z[n,u] = Σ_i output[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 1, 4, at.dense_3_output, 4, at.dense_4_kernel, 1, 0, at.dense_4_z, 1),
        # y[n,u] = z[n,u] + bias[u]    library/layers.nn
        (COMPUTE_U, at.dense_4_z, at.dense_4_bias, at.y, batch, 1),
    ]


@entry
def train(real, whole, total, rows, short_rows, split, short_split, places, order, start, stop, size, step, seed, rate,
          meeting, thread, threads, all_x, all_t, all_target_y, all_sample_weight):
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
        gather_rows(all_x, order, done + first, last - first,
                    view(real, places[1] + first * all_x.shape[1]))
        gather_rows(all_t, order, done + first, last - first,
                    view(real, places[2] + first * all_t.shape[1]))
        gather_rows(all_target_y, order, done + first, last - first,
                    view(real, places[3] + first * all_target_y.shape[1]))
        gather_rows(all_sample_weight, order, done + first, last - first,
                    view(real, places[4] + first * all_sample_weight.shape[1]))
        for position in range(todo.shape[0]):
            if position == until and not isfinite(real[places[0]]):
                finite = False
                break
            row = todo[position]
            operation = row[0]
            if operation == COMPUTE_LISTED:
                compute_listed(view(real, row[1]), view(real, row[2]), row[3], row[4], row[5])
            elif operation == COMPUTE_D_LISTED_D_T:
                compute_d_listed_d_t(view(real, row[1]), row[2], row[3])
            elif operation == COMPUTE_D_LISTED_D_X0:
                compute_d_listed_d_x0(view(real, row[1]), row[2], row[3])
            elif operation == COMPUTE_LISTED_2:
                compute_listed_2(view(real, row[1]), view(real, row[2]), row[3], row[4])
            elif operation == COMPUTE_D_LISTED_D_T_2:
                compute_d_listed_d_t_2(view(real, row[1]), row[2], row[3])
            elif operation == COMPUTE_D_LISTED_D_X0_2:
                compute_d_listed_d_x0_2(view(real, row[1]), row[2], row[3])
            elif operation == GEMM:
                gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                     row[10], view(real, row[11]), row[12])
            elif operation == COMPUTE_OUTPUT_D_OUTPUT_D_T_D_OUTPUT_D_X0:
                compute_output_d_output_d_t_d_output_d_x0(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                        view(real, row[4]), view(real, row[5]), view(real, row[6]), view(real, row[7]),
                        view(real, row[8]), row[9], row[10])
            elif operation == COMPUTE_U:
                compute_u(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
            elif operation == COMPUTE_FLUX:
                compute_flux(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
            elif operation == COMPUTE_OUTPUT:
                compute_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
            elif operation == COMPUTE_Y_SUM:
                compute_y_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                              view(real, row[5]), row[6], row[7])
            elif operation == COMPUTE_SUM:
                compute_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
            elif operation == COMPUTE_SUM_2:
                compute_sum_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                              view(real, row[5]), row[6], row[7])
            elif operation == COMPUTE_D_Z:
                compute_d_z(view(real, row[1]), row[2])
            elif operation == COMPUTE_D_Z_2:
                compute_d_z_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
            elif operation == COMPUTE_SUM_3:
                compute_sum_3(view(real, row[1]), view(real, row[2]), row[3], row[4], row[5])
            elif operation == COMPUTE_SUM_4_OBJECTIVE:
                compute_sum_4_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                        view(real, row[5]), row[6], row[7], batch)
            elif operation == COMPUTE_D_SUM:
                compute_d_sum(view(real, row[1]), batch)
            elif operation == COMPUTE_D_SUM_3_D_Y_D_X:
                compute_d_sum_3_d_y_d_x(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                        view(real, row[5]), row[6], row[7], row[8])
            elif operation == COMPUTE_D_OUTPUT_D_OUTPUT:
                compute_d_output_d_output(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                          view(real, row[4]), view(real, row[5]), row[6])
            elif operation == COMPUTE_D_Z_D_T_D_U_D_Z_D_X0:
                compute_d_z_d_t_d_u_d_z_d_x0(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                             view(real, row[4]), view(real, row[5]), view(real, row[6]),
                                             view(real, row[7]), view(real, row[8]), view(real, row[9]), row[10])
            elif operation == COMPUTE_D_SUM_D_Y_D_BIAS:
                compute_d_sum_d_y_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                         view(real, row[5]), view(real, row[6]), view(real, row[7]), row[8], row[9])
            elif operation == COMPUTE_D_Z_D_BIAS:
                compute_d_z_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                   row[5], row[6])
            elif operation == COMPUTE_D_BIAS:
                compute_d_bias(view(real, row[1]), view(real, row[2]), row[3], row[4])
            elif operation == COMPUTE_D_OUTPUT_D_X0_D_OUTPUT_D_Z_D_X0:
                compute_d_output_d_x0_d_output_d_z_d_x0(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                        view(real, row[4]), view(real, row[5]), view(real, row[6]), view(real, row[7]),
                        view(real, row[8]), view(real, row[9]), view(real, row[10]), view(real, row[11]),
                        view(real, row[12]), row[13], row[14])
            elif operation == COMPUTE_LEARNING:
                compute_learning(view(real, row[1]), rate)
            elif operation == COMPUTE_KERNEL_5:
                compute_kernel_5(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
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
