"""The model naive_formulas, compiled by nndsl."""

from nndsl.kernels import (
    draw_uniform,
    entry,
    exp,
    expm1,
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
    sigmoid,
    softplus,
    sqrt,
    view,
)

GEMM = 0
COMPUTE_KERNEL = 1
COMPUTE_KERNEL_2 = 2
COMPUTE_SCALE = 3
COMPUTE_KERNEL_3 = 4
COMPUTE_BIAS = 5
COMPUTE_Z = 6
COMPUTE_Z_2 = 7
COMPUTE_OUTPUT = 8
COMPUTE_OUTPUT_SUM_SUM = 9
COMPUTE_SUM_OBJECTIVE = 10
COMPUTE_D_SUM = 11
COMPUTE_D_LOSS_D_SUM = 12
COMPUTE_D_OUTPUT_D_BIAS = 13
COMPUTE_D_Z = 14
COMPUTE_D_SCALE = 15
COMPUTE_LEARNING = 16
COMPUTE_KERNEL_4 = 17
COMPUTE_OUTPUT_SUM_SUM_2 = 18
MEET = 19

# Whose outermost loops threads may share: the cell of their extent, the cells of all extents, and
# for each array the cell of its start and those whose product is its step.
SHARED = {
    COMPUTE_Z: (3, (3,), ((1, ()), (2, ()))),
    COMPUTE_Z_2: (4, (4, 5), ((1, (5,)), (3, (5,)))),
    COMPUTE_OUTPUT: (3, (3,), ((1, ()), (2, ()))),
    COMPUTE_D_LOSS_D_SUM: (6, (6,), ((2, ()), (3, ()), (4, ()), (5, ()))),
    COMPUTE_D_Z: (4, (4,), ((1, ()), (2, ()), (3, ()))),
    COMPUTE_KERNEL_4: (4, (4,), ((2, ()), (3, ()))),
}


@rare
def compute_kernel(kernel, j_size, stream, seed, step):
    # kernel[i,j] = uniform()    naive_formulas.nn:7
    for j in range(j_size):
        kernel[j] = f4(draw_uniform(seed, step, stream, j))


@rare
def compute_kernel_2(kernel, j_size):
    # kernel[i,j] = -0.816496580927726 + 1.632993161855452 · kernel[i,j]    naive_formulas.nn:7
    for j in range(j_size):
        v0 = f4(-0.816496580927726) + f4(1.632993161855452) * kernel[j]
        kernel[j] = v0


@rare
def compute_scale(scale, i_size):
    # scale[i] = 1    naive_formulas.nn:8
    for i in range(i_size):
        scale[i] = f4(1)


@rare
def compute_kernel_3(kernel, j_size):
    # kernel[i,j] = -0.9258200997725514 + 1.8516401995451028 · kernel[i,j]    library/layers.nn
    for j in range(j_size):
        v0 = f4(-0.9258200997725514) + f4(1.8516401995451028) * kernel[j]
        kernel[j] = v0


@rare
def compute_bias(bias, i_size):
    # bias[i] = 0    library/layers.nn
    for i in range(i_size):
        bias[i] = f4(0)


@kernel
def compute_z(x, z, i_size):
    # z[n,i] = sqrt(1 + x[n,i] · x[n,i])    naive_formulas.nn:9 factor of tempered_1.z
    for i in range(i_size):
        v0 = x[i]
        z[i] = sqrt(f4(1) + v0 * v0)


@kernel
def compute_z_2(kernel, scale, z, i_size, u_size):
    # z[i,u] = kernel[i,u] · scale[u]    naive_formulas.nn:9 factor of tempered_1.z
    for i in range(i_size):
        for u in range(u_size):
            z[i * u_size + u] = kernel[i * u_size + u] * scale[u]


@kernel
def compute_output(z, output, u_size):
    # output[n,u] = softplus(z[n,u]) + (z[n,u] · z[n,u] + 1 + log(-expm1(-(z[n,u] · z[n,u] + 1)))) · 0.5
    #     naive_formulas.nn:10
    for u in range(u_size):
        v0 = z[u]
        output[u] = softplus(v0) + (v0 * v0 + f4(1) + log(-expm1(-(v0 * v0 + f4(1))))) * f4(0.5)


@kernel
def compute_output_sum_sum(z, bias, output, sum, sum_2, sum_3, p, p_2, loss, n_size, u_size, j_size, k_size, stride):
    # output[n,u] = z[n,u] + bias[u]    library/layers.nn
    # sum[n] = max[j](output[n,j])    naive_formulas.nn:16 p.sum relative to its largest term
    # terms of p.sum[n,j] = exp(output[n,j] - stop(largest of p.sum[n]))    naive_formulas.nn:16 p.sum
    #     relative to its largest term
    # relative of p.sum[n] = Σ_j terms of p.sum[n,j]    naive_formulas.nn:16 p.sum relative to its largest
    #     term
    # p[n,k] = terms of p.sum[n,k] / relative of p.sum[n]    naive_formulas.nn:16
    # loss[n] = log(relative of p.sum[n]) - (output[n,p[n]] - stop(largest of p.sum[n]))
    #     naive_formulas.nn:27
    for n in range(n_size):
        for u in range(u_size):
            output[n * u_size + u] = z[n * u_size + u] + bias[u]
        v0 = f4(-inf)
        for j in range(j_size):
            v0 = maximum(v0, output[n * j_size + j])
        sum[n] = v0
        for j in range(j_size):
            sum_2[n * j_size + j] = exp(output[n * j_size + j] - v0)
        v1 = f4(0)
        for j in range(j_size):
            v1 += sum_2[n * j_size + j]
        sum_3[n] = v1
        for k in range(k_size):
            p[n * k_size + k] = sum_2[n * k_size + k] / v1
        loss[n] = log(v1) - (output[n * stride + p_2[n]] - v0)


@kernel
def compute_sum_objective(sample_weight, loss, sum, objective, n_size, batch):
    # sum = Σ_n sample weight[n] · loss[n]    naive_formulas.nn:27
    # objective = sum / batch    naive_formulas.nn:27
    v0 = f4(0)
    for n in range(n_size):
        v0 += sample_weight[n] * loss[n]
    sum[0] = v0
    objective[0] = v0 / f4(batch)


@kernel
def compute_d_sum(d_sum, batch):
    # ∂sum = 1 / batch    naive_formulas.nn:27 adjoint of objective
    d_sum[0] = f4(1) / f4(batch)


@kernel
def compute_d_loss_d_sum(d_sum, sample_weight, d_loss, sum, d_sum_2, n_size):
    # ∂loss[n] = ∂sum · sample weight[n]    naive_formulas.nn:27 adjoint of objective.sum
    # ∂sum[n] = ∂loss[n] / sum[n]    naive_formulas.nn:27 adjoint of loss
    v0 = d_sum[0]
    for n in range(n_size):
        v1 = v0 * sample_weight[n]
        d_loss[n] = v1
        d_sum_2[n] = v1 / sum[n]


@kernel
def compute_d_output_d_bias(d_bias, d_output, d_loss, p, d_sum, sum, j_size, i0_size, i1_size, stride):
    # ∂output[i0,i1] = 0    naive_formulas.nn:27 cleared
    # ∂output[n,p[n]] += -∂loss[n]    naive_formulas.nn:27 adjoint of loss
    # ∂output[n,j] += ∂sum[n] · sum[n,j]    naive_formulas.nn:16 adjoint of terms of p.sum
    # ∂bias[u] = Σ_n ∂output[n,u]    library/layers.nn adjoint of dense_1.output
    for j in range(j_size):
        d_bias[j] = f4(0)
    for i0 in range(i0_size):
        for i1 in range(i1_size):
            d_output[i0 * i1_size + i1] = f4(0)
        d_output[i0 * stride + p[i0]] += -d_loss[i0]
        v0 = d_sum[i0]
        for j in range(j_size):
            v1 = d_output[i0 * j_size + j] + v0 * sum[i0 * j_size + j]
            d_output[i0 * j_size + j] = v1
            d_bias[j] += v1


@kernel
def compute_d_z(z, d_output, d_z, u_size):
    # ∂z[n,u] = ∂output[n,u] · (0.5 · (2 · z[n,u] - 2 · z[n,u] · -1 / expm1(z[n,u] · z[n,u] + 1)) +
    #     sigmoid(z[n,u]))    naive_formulas.nn:10 adjoint of tempered_1.output
    for u in range(u_size):
        v0 = z[u]
        d_z[u] = d_output[u] * (f4(0.5) * (f4(2) * v0 - f4(2) * v0 * (f4(-1) / expm1(v0 * v0 + f4(1)))) + sigmoid(v0))


@kernel
def compute_d_scale(d_z, kernel, d_scale, u_size):
    # ∂scale[u] = Σ_i ∂z[i,u] · kernel[i,u]    naive_formulas.nn:9 adjoint of factor 2 of tempered_1.z
    for u in range(u_size):
        v0 = f4(0)
        v0 += d_z[0 * u_size + u] * kernel[0 * u_size + u]
        v0 += d_z[1 * u_size + u] * kernel[1 * u_size + u]
        v0 += d_z[2 * u_size + u] * kernel[2 * u_size + u]
        v0 += d_z[3 * u_size + u] * kernel[3 * u_size + u]
        v0 += d_z[4 * u_size + u] * kernel[4 * u_size + u]
        d_scale[u] = v0


@kernel
def compute_learning(learning, rate):
    # learning = 0.01 · rate    library/every/optimizer.nn
    learning[0] = f4(0.01) * f4(rate)


@kernel
def compute_kernel_4(learning, kernel, d_kernel, j_size):
    # kernel[i,j] = kernel[i,j] - learning · ∂kernel[i,j]    library/optimizers.nn
    v0 = learning[0]
    for j in range(j_size):
        v1 = kernel[j] - v0 * d_kernel[j]
        kernel[j] = v1


@kernel
def compute_output_sum_sum_2(z, bias, output, sum, sum_2, sum_3, p, n_size, u_size, j_size, k_size):
    # output[n,u] = z[n,u] + bias[u]    library/layers.nn
    # sum[n] = max[j](output[n,j])    naive_formulas.nn:16 p.sum relative to its largest term
    # terms of p.sum[n,j] = exp(output[n,j] - stop(largest of p.sum[n]))    naive_formulas.nn:16 p.sum
    #     relative to its largest term
    # relative of p.sum[n] = Σ_j terms of p.sum[n,j]    naive_formulas.nn:16 p.sum relative to its largest
    #     term
    # p[n,k] = terms of p.sum[n,k] / relative of p.sum[n]    naive_formulas.nn:16
    for n in range(n_size):
        for u in range(u_size):
            output[n * u_size + u] = z[n * u_size + u] + bias[u]
        v0 = f4(-inf)
        for j in range(j_size):
            v0 = maximum(v0, output[n * j_size + j])
        sum[n] = v0
        for j in range(j_size):
            sum_2[n * j_size + j] = exp(output[n * j_size + j] - v0)
        v1 = f4(0)
        for j in range(j_size):
            v1 += sum_2[n * j_size + j]
        sum_3[n] = v1
        for k in range(k_size):
            p[n * k_size + k] = sum_2[n * k_size + k] / v1


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
        elif operation == COMPUTE_SCALE:
            compute_scale(view(real, row[1]), row[2])
        elif operation == COMPUTE_KERNEL_3:
            compute_kernel_3(view(real, row[1]), row[2])
        elif operation == COMPUTE_BIAS:
            compute_bias(view(real, row[1]), row[2])
    restore_denormals(word)


def initial_rows(at, batch):
    """The operations of `initial`, in order."""
    return [
        # kernel[i,j] = uniform()    naive_formulas.nn:7
        (COMPUTE_KERNEL, at.tempered_1_kernel, 20, 1000001),
        # kernel[i,j] = -0.816496580927726 + 1.632993161855452 · kernel[i,j]    naive_formulas.nn:7
        (COMPUTE_KERNEL_2, at.tempered_1_kernel, 20),
        # scale[i] = 1    naive_formulas.nn:8
        (COMPUTE_SCALE, at.tempered_1_scale, 4),
        # kernel[i,j] = uniform()    library/layers.nn
        (COMPUTE_KERNEL, at.dense_1_kernel, 12, 1000002),
        # kernel[i,j] = -0.9258200997725514 + 1.8516401995451028 · kernel[i,j]    library/layers.nn
        (COMPUTE_KERNEL_3, at.dense_1_kernel, 12),
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
        if operation == COMPUTE_Z:
            compute_z(view(real, row[1]), view(real, row[2]), row[3])
        elif operation == COMPUTE_Z_2:
            compute_z_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == GEMM:
            gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                 row[10], view(real, row[11]), row[12])
        elif operation == COMPUTE_OUTPUT:
            compute_output(view(real, row[1]), view(real, row[2]), row[3])
        elif operation == COMPUTE_OUTPUT_SUM_SUM:
            compute_output_sum_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                   view(real, row[5]), view(real, row[6]), view(real, row[7]), view(whole, row[8]),
                                   view(real, row[9]), row[10], row[11], row[12], row[13], row[14])
        elif operation == COMPUTE_SUM_OBJECTIVE:
            compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  row[5], batch)
        elif operation == COMPUTE_D_SUM:
            compute_d_sum(view(real, row[1]), batch)
        elif operation == COMPUTE_D_LOSS_D_SUM:
            compute_d_loss_d_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                 view(real, row[5]), row[6])
        elif operation == COMPUTE_D_OUTPUT_D_BIAS:
            compute_d_output_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(whole, row[4]),
                                    view(real, row[5]), view(real, row[6]), row[7], row[8], row[9], row[10])
        elif operation == COMPUTE_D_Z:
            compute_d_z(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
        elif operation == COMPUTE_D_SCALE:
            compute_d_scale(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
        elif operation == COMPUTE_LEARNING:
            compute_learning(view(real, row[1]), rate)
        elif operation == COMPUTE_KERNEL_4:
            compute_kernel_4(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
    restore_denormals(word)


def learn_rows(at, batch):
    """The operations of `learn`, in order."""
    return [
        # z[n,i] = sqrt(1 + x[n,i] · x[n,i])    naive_formulas.nn:9 factor of tempered_1.z
        (COMPUTE_Z, at.x, at.factor_1_of_tempered_1_z, 5*batch),
        # z[i,u] = kernel[i,u] · scale[u]    naive_formulas.nn:9 factor of tempered_1.z
        (COMPUTE_Z_2, at.tempered_1_kernel, at.tempered_1_scale, at.factor_2_of_tempered_1_z, 5, 4),
        # tempered_1.z[n,u] = Σ_i factor 1 of tempered_1.z[n,i] · factor 2 of tempered_1.z[i,u]
        #     naive_formulas.nn:9
        (GEMM, 0, 0, batch, 4, 5, at.factor_1_of_tempered_1_z, 5, at.factor_2_of_tempered_1_z, 4, 0, at.tempered_1_z,
         4),
        # output[n,u] = softplus(z[n,u]) + (z[n,u] · z[n,u] + 1 + log(-expm1(-(z[n,u] · z[n,u] + 1)))) · 0.5
        #     naive_formulas.nn:10
        (COMPUTE_OUTPUT, at.tempered_1_z, at.tempered_1_output, 4*batch),
        # z[n,u] = Σ_i output[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 3, 4, at.tempered_1_output, 4, at.dense_1_kernel, 3, 0, at.dense_1_z, 3),
        # output[n,u] = z[n,u] + bias[u]    library/layers.nn
        # sum[n] = max[j](output[n,j])    naive_formulas.nn:16 p.sum relative to its largest term
        # terms of p.sum[n,j] = exp(output[n,j] - stop(largest of p.sum[n]))    naive_formulas.nn:16 p.sum
        #     relative to its largest term
        # relative of p.sum[n] = Σ_j terms of p.sum[n,j]    naive_formulas.nn:16 p.sum relative to its largest
        #     term
        # p[n,k] = terms of p.sum[n,k] / relative of p.sum[n]    naive_formulas.nn:16
        # loss[n] = log(relative of p.sum[n]) - (output[n,p[n]] - stop(largest of p.sum[n]))
        #     naive_formulas.nn:27
        (COMPUTE_OUTPUT_SUM_SUM, at.dense_1_z, at.dense_1_bias, at.dense_1_output, at.largest_of_p_sum,
         at.terms_of_p_sum, at.relative_of_p_sum, at.p, at.target_p, at.loss, batch, 3, 3, 3, 3),
        # sum = Σ_n sample weight[n] · loss[n]    naive_formulas.nn:27
        # objective = sum / batch    naive_formulas.nn:27
        (COMPUTE_SUM_OBJECTIVE, at.sample_weight, at.loss, at.objective_sum, at.objective, batch),
        # ∂sum = 1 / batch    naive_formulas.nn:27 adjoint of objective
        (COMPUTE_D_SUM, at.d_objective_sum),
        # ∂loss[n] = ∂sum · sample weight[n]    naive_formulas.nn:27 adjoint of objective.sum
        # ∂sum[n] = ∂loss[n] / sum[n]    naive_formulas.nn:27 adjoint of loss
        (COMPUTE_D_LOSS_D_SUM, at.d_objective_sum, at.sample_weight, at.d_loss, at.relative_of_p_sum,
         at.d_relative_of_p_sum, batch),
        # ∂output[i0,i1] = 0    naive_formulas.nn:27 cleared
        # ∂output[n,p[n]] += -∂loss[n]    naive_formulas.nn:27 adjoint of loss
        # ∂output[n,j] += ∂sum[n] · sum[n,j]    naive_formulas.nn:16 adjoint of terms of p.sum
        # ∂bias[u] = Σ_n ∂output[n,u]    library/layers.nn adjoint of dense_1.output
        (COMPUTE_D_OUTPUT_D_BIAS, at.d_dense_1_bias, at.d_dense_1_output, at.d_loss, at.target_p,
         at.d_relative_of_p_sum, at.terms_of_p_sum, 3, batch, 3, 3),
        # ∂tempered_1.output[n,i] = Σ_u ∂dense_1.output[n,u] · kernel[i,u]    library/layers.nn adjoint of
        #     dense_1.z
        (GEMM, 0, 1, batch, 4, 3, at.d_dense_1_output, 3, at.dense_1_kernel, 3, 0, at.d_tempered_1_output, 4),
        # ∂kernel[i,u] = Σ_n ∂output[n,u] · output[n,i]    library/layers.nn adjoint of dense_1.z
        (GEMM, 1, 0, 4, 3, batch, at.tempered_1_output, 4, at.d_dense_1_output, 3, 0, at.d_dense_1_kernel, 3),
        # ∂z[n,u] = ∂output[n,u] · (0.5 · (2 · z[n,u] - 2 · z[n,u] · -1 / expm1(z[n,u] · z[n,u] + 1)) +
        #     sigmoid(z[n,u]))    naive_formulas.nn:10 adjoint of tempered_1.output
        (COMPUTE_D_Z, at.tempered_1_z, at.d_tempered_1_output, at.d_tempered_1_z, 4*batch),
        # ∂factor 2 of tempered_1.z[i,u] = Σ_n ∂tempered_1.z[n,u] · z[n,i]    naive_formulas.nn:9 adjoint of
        #     tempered_1.z
        (GEMM, 1, 0, 5, 4, batch, at.factor_1_of_tempered_1_z, 5, at.d_tempered_1_z, 4, 0,
         at.d_factor_2_of_tempered_1_z, 4),
        # ∂kernel[i,u] = ∂z[i,u] · scale[u]    naive_formulas.nn:9 adjoint of factor 2 of tempered_1.z
        (COMPUTE_Z_2, at.d_factor_2_of_tempered_1_z, at.tempered_1_scale, at.d_tempered_1_kernel, 5, 4),
        # ∂scale[u] = Σ_i ∂z[i,u] · kernel[i,u]    naive_formulas.nn:9 adjoint of factor 2 of tempered_1.z
        (COMPUTE_D_SCALE, at.d_factor_2_of_tempered_1_z, at.tempered_1_kernel, at.d_tempered_1_scale, 4),
    ]


def update_rows(at, batch):
    """The operations of `update`, in order."""
    return [
        # learning = 0.01 · rate    library/every/optimizer.nn
        (COMPUTE_LEARNING, at.learning),
        # kernel[i,j] = kernel[i,j] - learning · ∂kernel[i,j]    library/optimizers.nn
        (COMPUTE_KERNEL_4, at.learning, at.tempered_1_kernel, at.d_tempered_1_kernel, 20),
        # scale[i] = scale[i] - learning · ∂scale[i]    library/optimizers.nn
        (COMPUTE_KERNEL_4, at.learning, at.tempered_1_scale, at.d_tempered_1_scale, 4),
        # kernel[i,j] = kernel[i,j] - learning · ∂kernel[i,j]    library/optimizers.nn
        (COMPUTE_KERNEL_4, at.learning, at.dense_1_kernel, at.d_dense_1_kernel, 12),
        # bias[i] = bias[i] - learning · ∂bias[i]    library/optimizers.nn
        (COMPUTE_KERNEL_4, at.learning, at.dense_1_bias, at.d_dense_1_bias, 3),
    ]


@entry
def assess(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of assess."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_Z:
            compute_z(view(real, row[1]), view(real, row[2]), row[3])
        elif operation == COMPUTE_Z_2:
            compute_z_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == GEMM:
            gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                 row[10], view(real, row[11]), row[12])
        elif operation == COMPUTE_OUTPUT:
            compute_output(view(real, row[1]), view(real, row[2]), row[3])
        elif operation == COMPUTE_OUTPUT_SUM_SUM:
            compute_output_sum_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                   view(real, row[5]), view(real, row[6]), view(real, row[7]), view(whole, row[8]),
                                   view(real, row[9]), row[10], row[11], row[12], row[13], row[14])
        elif operation == COMPUTE_SUM_OBJECTIVE:
            compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  row[5], batch)
    restore_denormals(word)


def assess_rows(at, batch):
    """The operations of `assess`, in order."""
    return [
        # z[n,i] = sqrt(1 + x[n,i] · x[n,i])    naive_formulas.nn:9 factor of tempered_1.z
        (COMPUTE_Z, at.x, at.factor_1_of_tempered_1_z, 5*batch),
        # z[i,u] = kernel[i,u] · scale[u]    naive_formulas.nn:9 factor of tempered_1.z
        (COMPUTE_Z_2, at.tempered_1_kernel, at.tempered_1_scale, at.factor_2_of_tempered_1_z, 5, 4),
        # tempered_1.z[n,u] = Σ_i factor 1 of tempered_1.z[n,i] · factor 2 of tempered_1.z[i,u]
        #     naive_formulas.nn:9
        (GEMM, 0, 0, batch, 4, 5, at.factor_1_of_tempered_1_z, 5, at.factor_2_of_tempered_1_z, 4, 0, at.tempered_1_z,
         4),
        # output[n,u] = softplus(z[n,u]) + (z[n,u] · z[n,u] + 1 + log(-expm1(-(z[n,u] · z[n,u] + 1)))) · 0.5
        #     naive_formulas.nn:10
        (COMPUTE_OUTPUT, at.tempered_1_z, at.tempered_1_output, 4*batch),
        # z[n,u] = Σ_i output[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 3, 4, at.tempered_1_output, 4, at.dense_1_kernel, 3, 0, at.dense_1_z, 3),
        # output[n,u] = z[n,u] + bias[u]    library/layers.nn
        # sum[n] = max[j](output[n,j])    naive_formulas.nn:16 p.sum relative to its largest term
        # terms of p.sum[n,j] = exp(output[n,j] - stop(largest of p.sum[n]))    naive_formulas.nn:16 p.sum
        #     relative to its largest term
        # relative of p.sum[n] = Σ_j terms of p.sum[n,j]    naive_formulas.nn:16 p.sum relative to its largest
        #     term
        # p[n,k] = terms of p.sum[n,k] / relative of p.sum[n]    naive_formulas.nn:16
        # loss[n] = log(relative of p.sum[n]) - (output[n,p[n]] - stop(largest of p.sum[n]))
        #     naive_formulas.nn:27
        (COMPUTE_OUTPUT_SUM_SUM, at.dense_1_z, at.dense_1_bias, at.dense_1_output, at.largest_of_p_sum,
         at.terms_of_p_sum, at.relative_of_p_sum, at.p, at.target_p, at.loss, batch, 3, 3, 3, 3),
        # sum = Σ_n sample weight[n] · loss[n]    naive_formulas.nn:27
        # objective = sum / batch    naive_formulas.nn:27
        (COMPUTE_SUM_OBJECTIVE, at.sample_weight, at.loss, at.objective_sum, at.objective, batch),
    ]


@entry
def forward(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of forward."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_Z:
            compute_z(view(real, row[1]), view(real, row[2]), row[3])
        elif operation == COMPUTE_Z_2:
            compute_z_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == GEMM:
            gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                 row[10], view(real, row[11]), row[12])
        elif operation == COMPUTE_OUTPUT:
            compute_output(view(real, row[1]), view(real, row[2]), row[3])
        elif operation == COMPUTE_OUTPUT_SUM_SUM_2:
            compute_output_sum_sum_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                     view(real, row[5]), view(real, row[6]), view(real, row[7]), row[8], row[9],
                                     row[10], row[11])
    restore_denormals(word)


def forward_rows(at, batch):
    """The operations of `forward`, in order."""
    return [
        # z[n,i] = sqrt(1 + x[n,i] · x[n,i])    naive_formulas.nn:9 factor of tempered_1.z
        (COMPUTE_Z, at.x, at.factor_1_of_tempered_1_z, 5*batch),
        # z[i,u] = kernel[i,u] · scale[u]    naive_formulas.nn:9 factor of tempered_1.z
        (COMPUTE_Z_2, at.tempered_1_kernel, at.tempered_1_scale, at.factor_2_of_tempered_1_z, 5, 4),
        # tempered_1.z[n,u] = Σ_i factor 1 of tempered_1.z[n,i] · factor 2 of tempered_1.z[i,u]
        #     naive_formulas.nn:9
        (GEMM, 0, 0, batch, 4, 5, at.factor_1_of_tempered_1_z, 5, at.factor_2_of_tempered_1_z, 4, 0, at.tempered_1_z,
         4),
        # output[n,u] = softplus(z[n,u]) + (z[n,u] · z[n,u] + 1 + log(-expm1(-(z[n,u] · z[n,u] + 1)))) · 0.5
        #     naive_formulas.nn:10
        (COMPUTE_OUTPUT, at.tempered_1_z, at.tempered_1_output, 4*batch),
        # z[n,u] = Σ_i output[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 3, 4, at.tempered_1_output, 4, at.dense_1_kernel, 3, 0, at.dense_1_z, 3),
        # output[n,u] = z[n,u] + bias[u]    library/layers.nn
        # sum[n] = max[j](output[n,j])    naive_formulas.nn:16 p.sum relative to its largest term
        # terms of p.sum[n,j] = exp(output[n,j] - stop(largest of p.sum[n]))    naive_formulas.nn:16 p.sum
        #     relative to its largest term
        # relative of p.sum[n] = Σ_j terms of p.sum[n,j]    naive_formulas.nn:16 p.sum relative to its largest
        #     term
        # p[n,k] = terms of p.sum[n,k] / relative of p.sum[n]    naive_formulas.nn:16
        (COMPUTE_OUTPUT_SUM_SUM_2, at.dense_1_z, at.dense_1_bias, at.dense_1_output, at.largest_of_p_sum,
         at.terms_of_p_sum, at.relative_of_p_sum, at.p, batch, 3, 3, 3),
    ]


@entry
def train(real, whole, total, rows, short_rows, split, short_split, places, order, start, stop, size, step, seed, rate,
          meeting, thread, threads, all_x, all_target_p, all_sample_weight):
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
            if operation == COMPUTE_Z:
                compute_z(view(real, row[1]), view(real, row[2]), row[3])
            elif operation == COMPUTE_Z_2:
                compute_z_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
            elif operation == GEMM:
                gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                     row[10], view(real, row[11]), row[12])
            elif operation == COMPUTE_OUTPUT:
                compute_output(view(real, row[1]), view(real, row[2]), row[3])
            elif operation == COMPUTE_OUTPUT_SUM_SUM:
                compute_output_sum_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                       view(real, row[5]), view(real, row[6]), view(real, row[7]), view(whole, row[8]),
                                       view(real, row[9]), row[10], row[11], row[12], row[13], row[14])
            elif operation == COMPUTE_SUM_OBJECTIVE:
                compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                      row[5], batch)
            elif operation == COMPUTE_D_SUM:
                compute_d_sum(view(real, row[1]), batch)
            elif operation == COMPUTE_D_LOSS_D_SUM:
                compute_d_loss_d_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                     view(real, row[5]), row[6])
            elif operation == COMPUTE_D_OUTPUT_D_BIAS:
                compute_d_output_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(whole, row[4]),
                                        view(real, row[5]), view(real, row[6]), row[7], row[8], row[9], row[10])
            elif operation == COMPUTE_D_Z:
                compute_d_z(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
            elif operation == COMPUTE_D_SCALE:
                compute_d_scale(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
            elif operation == COMPUTE_LEARNING:
                compute_learning(view(real, row[1]), rate)
            elif operation == COMPUTE_KERNEL_4:
                compute_kernel_4(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
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
