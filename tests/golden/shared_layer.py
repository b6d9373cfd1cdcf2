"""The model shared_layer, compiled by nndsl."""

from nndsl.kernels import (
    draw_uniform,
    entry,
    expm1,
    f4,
    f8,
    flush_denormals,
    gather_rows,
    gemm,
    isfinite,
    kernel,
    meet,
    rare,
    restore_denormals,
    sigmoid,
    softplus,
    view,
    where,
)

GEMM = 0
COMPUTE_KERNEL = 1
COMPUTE_KERNEL_2 = 2
COMPUTE_BIAS = 3
COMPUTE_KERNEL_3 = 4
COMPUTE_A = 5
COMPUTE_B_NEAR_OUTPUT = 6
COMPUTE_SAME_SUM = 7
COMPUTE_SUM_OBJECTIVE = 8
COMPUTE_SUM = 9
COMPUTE_ACCURACY_SUM_ACCURACY_COUNT = 10
COMPUTE_D_SUM = 11
COMPUTE_D_LOSS_2_D_Z_D_BIAS = 12
COMPUTE_D_A_D_B_D_Z_2 = 13
COMPUTE_D_BIAS = 14
COMPUTE_LEARNING = 15
COMPUTE_KERNEL_4 = 16
COMPUTE_SAME = 17
COMPUTE_ACCURACY_RESULT = 18
MEET = 19

# Whose outermost loops threads may share: the cell of their extent, the cells of all extents, and
# for each array the cell of its start and those whose product is its step.
SHARED = {
    COMPUTE_A: (4, (4, 5), ((1, (5,)), (3, (5,)))),
    COMPUTE_B_NEAR_OUTPUT: (8, (8, 9), ((1, (9,)), (3, (9,)), (4, (9,)), (5, (9,)), (6, (10,)), (7, (11,)))),
    COMPUTE_SAME_SUM: (6, (6, 7), ((1, ()), (3, ()), (4, ()), (5, ()))),
    COMPUTE_SUM: (4, (4,), ((1, ()), (2, ()), (3, ()))),
    COMPUTE_KERNEL_4: (4, (4,), ((2, ()), (3, ()))),
}


@rare
def compute_kernel(kernel, j_size, stream, seed, step):
    # kernel[i,j] = uniform()    library/layers.nn
    for j in range(j_size):
        kernel[j] = f4(draw_uniform(seed, step, stream, j))


@rare
def compute_kernel_2(kernel, j_size):
    # kernel[i,j] = -0.816496580927726 + 1.632993161855452 · kernel[i,j]    library/layers.nn
    for j in range(j_size):
        v0 = f4(-0.816496580927726) + f4(1.632993161855452) * kernel[j]
        kernel[j] = v0


@rare
def compute_bias(bias, i_size):
    # bias[i] = 0    library/layers.nn
    for i in range(i_size):
        bias[i] = f4(0)


@rare
def compute_kernel_3(kernel, j_size):
    # kernel[i,j] = -0.9258200997725514 + 1.8516401995451028 · kernel[i,j]    library/layers.nn
    for j in range(j_size):
        v0 = f4(-0.9258200997725514) + f4(1.8516401995451028) * kernel[j]
        kernel[j] = v0


@kernel
def compute_a(z, bias, a, n_size, u_size):
    # a[n,u] = 1.0507009873554805 · where(z[n,u] + bias[u] > 0, z[n,u] + bias[u], 1.6732632423543772 ·
    #     expm1(z[n,u] + bias[u]))    library/layers.nn
    for n in range(n_size):
        for u in range(u_size):
            v0 = z[n * u_size + u]
            v1 = bias[u]
            a[n * u_size + u] = f4(1.0507009873554805) * where(v0 + v1 > f4(0), v0 + v1, f4(1.6732632423543772) * expm1(v0 + v1))


@kernel
def compute_b_near_output(z_2, bias, b, a, near, output, extra, n_size, u_size, stride, i_size):
    # b[n,u] = 1.0507009873554805 · where(z_2[n,u] + bias[u] > 0, z_2[n,u] + bias[u], 1.6732632423543772 ·
    #     expm1(z_2[n,u] + bias[u]))    library/layers.nn
    # near[n,k] = (a[n,k] - b[n,k]) · (a[n,k] - b[n,k])    shared_layer.nn:7
    # output[n,i] = near[n,i]    library/layers_shape.nn
    # output[n,i + 4] = extra[n,i]    library/layers_shape.nn
    for n in range(n_size):
        for u in range(u_size):
            v0 = z_2[n * u_size + u]
            v1 = bias[u]
            v2 = f4(1.0507009873554805) * where(v0 + v1 > f4(0), v0 + v1, f4(1.6732632423543772) * expm1(v0 + v1))
            b[n * u_size + u] = v2
            v3 = a[n * u_size + u]
            v4 = (v3 - v2) * (v3 - v2)
            near[n * u_size + u] = v4
            output[n * stride + u] = v4
        for i in range(i_size):
            output[n * stride + i + 4] = extra[n * i_size + i]


@kernel
def compute_same_sum(z, bias, same, same_2, sum, n_size, u_size):
    # same[n,u] = sigmoid(z[n,u] + bias[u])    library/layers.nn
    # sum[n] = Σ_k (same[n,k] · softplus(-(z[n,k] + bias[k])) + (1 - same[n,k]) · softplus(z[n,k] + bias[k]))
    #     shared_layer.nn:12
    for n in range(n_size):
        for u in range(u_size):
            same[n + u] = sigmoid(z[n + u] + bias[u])
        v0 = f4(0)
        v1 = same_2[n + 0]
        v2 = z[n + 0]
        v3 = bias[0]
        v0 += v1 * softplus(-(v2 + v3)) + (f4(1) - v1) * softplus(v2 + v3)
        sum[n] = v0


@kernel
def compute_sum_objective(sample_weight, sum, sum_2, objective, n_size, batch):
    # objective.sum = Σ_n sample weight[n] · loss_2.sum[n]    shared_layer.nn:12
    # objective = sum / batch    shared_layer.nn:12
    v0 = f4(0)
    for n in range(n_size):
        v0 += sample_weight[n] * sum[n]
    sum_2[0] = v0
    objective[0] = v0 / f4(batch)


@kernel
def compute_sum(same, same_2, sum, n_size):
    # sum[n] = Σ_i ((same[n,i] > 0.5) == (target.same[n,i] == 1))    library/metrics.nn
    for n in range(n_size):
        v0 = f4(0)
        v0 += where(int(same[n + 0] > f4(0.5)) == int(same_2[n + 0] == f4(1)), f4(1), f4(0))
        sum[n] = v0


@kernel
def compute_accuracy_sum_accuracy_count(sample_weight, sum, accuracy_sum, accuracy_count, n_size):
    # accuracy sum += Σ_n sample weight[n] · sum[n]    shared_layer.nn:14
    # accuracy count += Σ_n sample weight[n]    shared_layer.nn:14
    v0 = f4(0)
    for n in range(n_size):
        v0 += sample_weight[n] * sum[n]
    accuracy_sum[0] += v0
    v1 = f4(0)
    for n in range(n_size):
        v1 += sample_weight[n]
    accuracy_count[0] += v1


@kernel
def compute_d_sum(d_sum, batch):
    # ∂sum = 1 / batch    shared_layer.nn:12 adjoint of objective
    d_sum[0] = f4(1) / f4(batch)


@kernel
def compute_d_loss_2_d_z_d_bias(d_bias, d_sum, sample_weight, d_loss_2, same, same_2, d_z, k_size, n_size):
    # ∂loss_2[n] = ∂sum · sample weight[n]    shared_layer.nn:12 adjoint of objective.sum
    # ∂z[n,k] = ∂loss_2[n] · ((1 - target.same[n,k]) · same[n,k] - target.same[n,k] · (1 - same[n,k]))
    #     shared_layer.nn:12 adjoint of loss_2.sum
    # ∂bias[k] = Σ_n ∂z[n,k]    shared_layer.nn:12 adjoint of loss_2.sum
    for k in range(k_size):
        d_bias[k] = f4(0)
    v0 = d_sum[0]
    for n in range(n_size):
        d_loss_2[n] = v0 * sample_weight[n]
        v1 = d_loss_2[n]
        for k in range(k_size):
            v2 = same[n + k]
            v3 = same_2[n + k]
            v4 = v1 * ((f4(1) - v2) * v3 - v2 * (f4(1) - v3))
            d_z[n + k] = v4
            d_bias[k] += v4


@kernel
def compute_d_a_d_b_d_z_2(d_bias, d_output, a, b, d_a, d_b, d_z_2, d_z, k_size, n_size, stride):
    # ∂a[n,k] = ∂output[n,k] · 2 · (a[n,k] - b[n,k])    shared_layer.nn:7 adjoint of near
    # ∂b[n,k] = ∂output[n,k] · -2 · (a[n,k] - b[n,k])    shared_layer.nn:7 adjoint of near
    # ∂z_2[n,u] = ∂b[n,u] · where(b[n,u] > 0, 1.0507009873554805, b[n,u] + 1.7580993408473766)
    #     library/layers.nn adjoint of b
    # ∂bias[u] = Σ_n ∂z_2[n,u]    library/layers.nn adjoint of b
    # ∂z[n,u] = ∂a[n,u] · where(a[n,u] > 0, 1.0507009873554805, a[n,u] + 1.7580993408473766)
    #     library/layers.nn adjoint of a
    for k in range(k_size):
        d_bias[k] = f4(0)
    for n in range(n_size):
        for k in range(k_size):
            v0 = d_output[n * stride + k]
            v1 = a[n * k_size + k]
            v2 = b[n * k_size + k]
            v3 = v0 * (f4(2) * (v1 - v2))
            d_a[n * k_size + k] = v3
            v4 = v0 * (f4(-2) * (v1 - v2))
            d_b[n * k_size + k] = v4
            v5 = v4 * where(v2 > f4(0), f4(1.0507009873554805), v2 + f4(1.7580993408473766))
            d_z_2[n * k_size + k] = v5
            d_bias[k] += v5
            d_z[n * k_size + k] = v3 * where(v1 > f4(0), f4(1.0507009873554805), v1 + f4(1.7580993408473766))


@kernel
def compute_d_bias(d_z, d_bias, n_size, u_size):
    # ∂bias[u] += Σ_n ∂z[n,u]    library/layers.nn adjoint of a
    for n in range(n_size):
        for u in range(u_size):
            d_bias[u] += d_z[n * u_size + u]


@kernel
def compute_learning(learning, rate):
    # learning = 0.1 · rate    library/every/optimizer.nn
    learning[0] = f4(0.1) * f4(rate)


@kernel
def compute_kernel_4(learning, kernel, d_kernel, j_size):
    # kernel[i,j] = kernel[i,j] - learning · ∂kernel[i,j]    library/optimizers.nn
    v0 = learning[0]
    for j in range(j_size):
        v1 = kernel[j] - v0 * d_kernel[j]
        kernel[j] = v1


@kernel
def compute_same(z, bias, same, n_size, u_size):
    # same[n,u] = sigmoid(z[n,u] + bias[u])    library/layers.nn
    for n in range(n_size):
        for u in range(u_size):
            same[n + u] = sigmoid(z[n + u] + bias[u])


@rare
def compute_accuracy_result(accuracy_count, accuracy_sum, accuracy_result):
    # accuracy result = accuracy sum / where(accuracy count == 0, 1, accuracy count)    shared_layer.nn:14
    v0 = accuracy_count[0]
    accuracy_result[0] = accuracy_sum[0] / where(v0 == f8(0), f8(1), v0)


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
    restore_denormals(word)


def initial_rows(at, batch):
    """The operations of `initial`, in order."""
    return [
        # kernel[i,j] = uniform()    library/layers.nn
        (COMPUTE_KERNEL, at.tower_kernel, 20, 1000001),
        # kernel[i,j] = -0.816496580927726 + 1.632993161855452 · kernel[i,j]    library/layers.nn
        (COMPUTE_KERNEL_2, at.tower_kernel, 20),
        # bias[i] = 0    library/layers.nn
        (COMPUTE_BIAS, at.tower_bias, 4),
        # kernel[i,j] = uniform()    library/layers.nn
        (COMPUTE_KERNEL, at.dense_1_kernel, 6, 1000002),
        # kernel[i,j] = -0.9258200997725514 + 1.8516401995451028 · kernel[i,j]    library/layers.nn
        (COMPUTE_KERNEL_3, at.dense_1_kernel, 6),
        # bias[i] = 0    library/layers.nn
        (COMPUTE_BIAS, at.dense_1_bias, 1),
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
        if operation == GEMM:
            gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                 row[10], view(real, row[11]), row[12])
        elif operation == COMPUTE_A:
            compute_a(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == COMPUTE_B_NEAR_OUTPUT:
            compute_b_near_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  view(real, row[5]), view(real, row[6]), view(real, row[7]), row[8], row[9], row[10],
                                  row[11])
        elif operation == COMPUTE_SAME_SUM:
            compute_same_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                             view(real, row[5]), row[6], row[7])
        elif operation == COMPUTE_SUM_OBJECTIVE:
            compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  row[5], batch)
        elif operation == COMPUTE_SUM:
            compute_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
        elif operation == COMPUTE_ACCURACY_SUM_ACCURACY_COUNT:
            compute_accuracy_sum_accuracy_count(view(real, row[1]), view(real, row[2]), view(total, row[3]),
                                                view(total, row[4]), row[5])
        elif operation == COMPUTE_D_SUM:
            compute_d_sum(view(real, row[1]), batch)
        elif operation == COMPUTE_D_LOSS_2_D_Z_D_BIAS:
            compute_d_loss_2_d_z_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                        view(real, row[5]), view(real, row[6]), view(real, row[7]), row[8], row[9])
        elif operation == COMPUTE_D_A_D_B_D_Z_2:
            compute_d_a_d_b_d_z_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  view(real, row[5]), view(real, row[6]), view(real, row[7]), view(real, row[8]),
                                  row[9], row[10], row[11])
        elif operation == COMPUTE_D_BIAS:
            compute_d_bias(view(real, row[1]), view(real, row[2]), row[3], row[4])
        elif operation == COMPUTE_LEARNING:
            compute_learning(view(real, row[1]), rate)
        elif operation == COMPUTE_KERNEL_4:
            compute_kernel_4(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
    restore_denormals(word)


def learn_rows(at, batch):
    """The operations of `learn`, in order."""
    return [
        # z[n,u] = Σ_i left[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 4, 5, at.left, 5, at.tower_kernel, 4, 0, at.tower_z, 4),
        # a[n,u] = 1.0507009873554805 · where(z[n,u] + bias[u] > 0, z[n,u] + bias[u], 1.6732632423543772 ·
        #     expm1(z[n,u] + bias[u]))    library/layers.nn
        (COMPUTE_A, at.tower_z, at.tower_bias, at.a, batch, 4),
        # z_2[n,u] = Σ_i right[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 4, 5, at.right, 5, at.tower_kernel, 4, 0, at.tower_z_2, 4),
        # b[n,u] = 1.0507009873554805 · where(z_2[n,u] + bias[u] > 0, z_2[n,u] + bias[u], 1.6732632423543772 ·
        #     expm1(z_2[n,u] + bias[u]))    library/layers.nn
        # near[n,k] = (a[n,k] - b[n,k]) · (a[n,k] - b[n,k])    shared_layer.nn:7
        # output[n,i] = near[n,i]    library/layers_shape.nn
        # output[n,i + 4] = extra[n,i]    library/layers_shape.nn
        (COMPUTE_B_NEAR_OUTPUT, at.tower_z_2, at.tower_bias, at.b, at.a, at.near, at.concatenate_1_output, at.extra,
         batch, 4, 6, 2),
        # z[n,u] = Σ_i output[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 1, 6, at.concatenate_1_output, 6, at.dense_1_kernel, 1, 0, at.dense_1_z, 1),
        # same[n,u] = sigmoid(z[n,u] + bias[u])    library/layers.nn
        # sum[n] = Σ_k (same[n,k] · softplus(-(z[n,k] + bias[k])) + (1 - same[n,k]) · softplus(z[n,k] + bias[k]))
        #     shared_layer.nn:12
        (COMPUTE_SAME_SUM, at.dense_1_z, at.dense_1_bias, at.same, at.target_same, at.loss_2_sum, batch, 1),
        # objective.sum = Σ_n sample weight[n] · loss_2.sum[n]    shared_layer.nn:12
        # objective = sum / batch    shared_layer.nn:12
        (COMPUTE_SUM_OBJECTIVE, at.sample_weight, at.loss_2_sum, at.objective_sum, at.objective, batch),
        # sum[n] = Σ_i ((same[n,i] > 0.5) == (target.same[n,i] == 1))    library/metrics.nn
        (COMPUTE_SUM, at.same, at.target_same, at.accuracy_sum, batch),
        # accuracy sum += Σ_n sample weight[n] · sum[n]    shared_layer.nn:14
        # accuracy count += Σ_n sample weight[n]    shared_layer.nn:14
        (COMPUTE_ACCURACY_SUM_ACCURACY_COUNT, at.sample_weight, at.accuracy_sum, at.accuracy_sum_2, at.accuracy_count,
         batch),
        # ∂sum = 1 / batch    shared_layer.nn:12 adjoint of objective
        (COMPUTE_D_SUM, at.d_objective_sum),
        # ∂loss_2[n] = ∂sum · sample weight[n]    shared_layer.nn:12 adjoint of objective.sum
        # ∂z[n,k] = ∂loss_2[n] · ((1 - target.same[n,k]) · same[n,k] - target.same[n,k] · (1 - same[n,k]))
        #     shared_layer.nn:12 adjoint of loss_2.sum
        # ∂bias[k] = Σ_n ∂z[n,k]    shared_layer.nn:12 adjoint of loss_2.sum
        (COMPUTE_D_LOSS_2_D_Z_D_BIAS, at.d_dense_1_bias, at.d_objective_sum, at.sample_weight, at.d_loss_2,
         at.target_same, at.same, at.d_dense_1_z, 1, batch),
        # ∂output[n,i] = Σ_u ∂z[n,u] · kernel[i,u]    library/layers.nn adjoint of dense_1.z
        (GEMM, 0, 1, batch, 6, 1, at.d_dense_1_z, 1, at.dense_1_kernel, 1, 0, at.d_concatenate_1_output, 6),
        # ∂kernel[i,u] = Σ_n ∂z[n,u] · output[n,i]    library/layers.nn adjoint of dense_1.z
        (GEMM, 1, 0, 6, 1, batch, at.concatenate_1_output, 6, at.d_dense_1_z, 1, 0, at.d_dense_1_kernel, 1),
        # ∂a[n,k] = ∂output[n,k] · 2 · (a[n,k] - b[n,k])    shared_layer.nn:7 adjoint of near
        # ∂b[n,k] = ∂output[n,k] · -2 · (a[n,k] - b[n,k])    shared_layer.nn:7 adjoint of near
        # ∂z_2[n,u] = ∂b[n,u] · where(b[n,u] > 0, 1.0507009873554805, b[n,u] + 1.7580993408473766)
        #     library/layers.nn adjoint of b
        # ∂bias[u] = Σ_n ∂z_2[n,u]    library/layers.nn adjoint of b
        # ∂z[n,u] = ∂a[n,u] · where(a[n,u] > 0, 1.0507009873554805, a[n,u] + 1.7580993408473766)
        #     library/layers.nn adjoint of a
        (COMPUTE_D_A_D_B_D_Z_2, at.d_tower_bias, at.d_concatenate_1_output, at.a, at.b, at.d_a, at.d_b, at.d_tower_z_2,
         at.d_tower_z, 4, batch, 6),
        # ∂kernel[i,u] = Σ_n ∂z_2[n,u] · right[n,i]    library/layers.nn adjoint of tower.z_2
        (GEMM, 1, 0, 5, 4, batch, at.right, 5, at.d_tower_z_2, 4, 0, at.d_tower_kernel, 4),
        # ∂bias[u] += Σ_n ∂z[n,u]    library/layers.nn adjoint of a
        (COMPUTE_D_BIAS, at.d_tower_z, at.d_tower_bias, batch, 4),
        # ∂kernel[i,u] += Σ_n ∂z[n,u] · left[n,i]    library/layers.nn adjoint of tower.z
        (GEMM, 1, 0, 5, 4, batch, at.left, 5, at.d_tower_z, 4, 1, at.d_tower_kernel, 4),
    ]


def update_rows(at, batch):
    """The operations of `update`, in order."""
    return [
        # learning = 0.1 · rate    library/every/optimizer.nn
        (COMPUTE_LEARNING, at.learning),
        # kernel[i,j] = kernel[i,j] - learning · ∂kernel[i,j]    library/optimizers.nn
        (COMPUTE_KERNEL_4, at.learning, at.tower_kernel, at.d_tower_kernel, 20),
        # bias[i] = bias[i] - learning · ∂bias[i]    library/optimizers.nn
        (COMPUTE_KERNEL_4, at.learning, at.tower_bias, at.d_tower_bias, 4),
        # kernel[i,j] = kernel[i,j] - learning · ∂kernel[i,j]    library/optimizers.nn
        (COMPUTE_KERNEL_4, at.learning, at.dense_1_kernel, at.d_dense_1_kernel, 6),
        # bias[i] = bias[i] - learning · ∂bias[i]    library/optimizers.nn
        (COMPUTE_KERNEL_4, at.learning, at.dense_1_bias, at.d_dense_1_bias, 1),
    ]


@entry
def assess(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of assess."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == GEMM:
            gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                 row[10], view(real, row[11]), row[12])
        elif operation == COMPUTE_A:
            compute_a(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == COMPUTE_B_NEAR_OUTPUT:
            compute_b_near_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  view(real, row[5]), view(real, row[6]), view(real, row[7]), row[8], row[9], row[10],
                                  row[11])
        elif operation == COMPUTE_SAME_SUM:
            compute_same_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                             view(real, row[5]), row[6], row[7])
        elif operation == COMPUTE_SUM_OBJECTIVE:
            compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  row[5], batch)
        elif operation == COMPUTE_SUM:
            compute_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
        elif operation == COMPUTE_ACCURACY_SUM_ACCURACY_COUNT:
            compute_accuracy_sum_accuracy_count(view(real, row[1]), view(real, row[2]), view(total, row[3]),
                                                view(total, row[4]), row[5])
    restore_denormals(word)


def assess_rows(at, batch):
    """The operations of `assess`, in order."""
    return [
        # z[n,u] = Σ_i left[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 4, 5, at.left, 5, at.tower_kernel, 4, 0, at.tower_z, 4),
        # a[n,u] = 1.0507009873554805 · where(z[n,u] + bias[u] > 0, z[n,u] + bias[u], 1.6732632423543772 ·
        #     expm1(z[n,u] + bias[u]))    library/layers.nn
        (COMPUTE_A, at.tower_z, at.tower_bias, at.a, batch, 4),
        # z_2[n,u] = Σ_i right[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 4, 5, at.right, 5, at.tower_kernel, 4, 0, at.tower_z_2, 4),
        # b[n,u] = 1.0507009873554805 · where(z_2[n,u] + bias[u] > 0, z_2[n,u] + bias[u], 1.6732632423543772 ·
        #     expm1(z_2[n,u] + bias[u]))    library/layers.nn
        # near[n,k] = (a[n,k] - b[n,k]) · (a[n,k] - b[n,k])    shared_layer.nn:7
        # output[n,i] = near[n,i]    library/layers_shape.nn
        # output[n,i + 4] = extra[n,i]    library/layers_shape.nn
        (COMPUTE_B_NEAR_OUTPUT, at.tower_z_2, at.tower_bias, at.b, at.a, at.near, at.concatenate_1_output, at.extra,
         batch, 4, 6, 2),
        # z[n,u] = Σ_i output[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 1, 6, at.concatenate_1_output, 6, at.dense_1_kernel, 1, 0, at.dense_1_z, 1),
        # same[n,u] = sigmoid(z[n,u] + bias[u])    library/layers.nn
        # sum[n] = Σ_k (same[n,k] · softplus(-(z[n,k] + bias[k])) + (1 - same[n,k]) · softplus(z[n,k] + bias[k]))
        #     shared_layer.nn:12
        (COMPUTE_SAME_SUM, at.dense_1_z, at.dense_1_bias, at.same, at.target_same, at.loss_2_sum, batch, 1),
        # objective.sum = Σ_n sample weight[n] · loss_2.sum[n]    shared_layer.nn:12
        # objective = sum / batch    shared_layer.nn:12
        (COMPUTE_SUM_OBJECTIVE, at.sample_weight, at.loss_2_sum, at.objective_sum, at.objective, batch),
        # sum[n] = Σ_i ((same[n,i] > 0.5) == (target.same[n,i] == 1))    library/metrics.nn
        (COMPUTE_SUM, at.same, at.target_same, at.accuracy_sum, batch),
        # accuracy sum += Σ_n sample weight[n] · sum[n]    shared_layer.nn:14
        # accuracy count += Σ_n sample weight[n]    shared_layer.nn:14
        (COMPUTE_ACCURACY_SUM_ACCURACY_COUNT, at.sample_weight, at.accuracy_sum, at.accuracy_sum_2, at.accuracy_count,
         batch),
    ]


@entry
def forward(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of forward."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == GEMM:
            gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                 row[10], view(real, row[11]), row[12])
        elif operation == COMPUTE_A:
            compute_a(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == COMPUTE_B_NEAR_OUTPUT:
            compute_b_near_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  view(real, row[5]), view(real, row[6]), view(real, row[7]), row[8], row[9], row[10],
                                  row[11])
        elif operation == COMPUTE_SAME:
            compute_same(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
    restore_denormals(word)


def forward_rows(at, batch):
    """The operations of `forward`, in order."""
    return [
        # z[n,u] = Σ_i left[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 4, 5, at.left, 5, at.tower_kernel, 4, 0, at.tower_z, 4),
        # a[n,u] = 1.0507009873554805 · where(z[n,u] + bias[u] > 0, z[n,u] + bias[u], 1.6732632423543772 ·
        #     expm1(z[n,u] + bias[u]))    library/layers.nn
        (COMPUTE_A, at.tower_z, at.tower_bias, at.a, batch, 4),
        # z_2[n,u] = Σ_i right[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 4, 5, at.right, 5, at.tower_kernel, 4, 0, at.tower_z_2, 4),
        # b[n,u] = 1.0507009873554805 · where(z_2[n,u] + bias[u] > 0, z_2[n,u] + bias[u], 1.6732632423543772 ·
        #     expm1(z_2[n,u] + bias[u]))    library/layers.nn
        # near[n,k] = (a[n,k] - b[n,k]) · (a[n,k] - b[n,k])    shared_layer.nn:7
        # output[n,i] = near[n,i]    library/layers_shape.nn
        # output[n,i + 4] = extra[n,i]    library/layers_shape.nn
        (COMPUTE_B_NEAR_OUTPUT, at.tower_z_2, at.tower_bias, at.b, at.a, at.near, at.concatenate_1_output, at.extra,
         batch, 4, 6, 2),
        # z[n,u] = Σ_i output[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 1, 6, at.concatenate_1_output, 6, at.dense_1_kernel, 1, 0, at.dense_1_z, 1),
        # same[n,u] = sigmoid(z[n,u] + bias[u])    library/layers.nn
        (COMPUTE_SAME, at.dense_1_z, at.dense_1_bias, at.same, batch, 1),
    ]


@entry
def finish(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of finish."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_ACCURACY_RESULT:
            compute_accuracy_result(view(total, row[1]), view(total, row[2]), view(total, row[3]))
    restore_denormals(word)


def finish_rows(at, batch):
    """The operations of `finish`, in order."""
    return [
        # accuracy result = accuracy sum / where(accuracy count == 0, 1, accuracy count)    shared_layer.nn:14
        (COMPUTE_ACCURACY_RESULT, at.accuracy_count, at.accuracy_sum_2, at.accuracy_result),
    ]


@entry
def train(real, whole, total, rows, short_rows, split, short_split, places, order, start, stop, size, step, seed, rate,
          meeting, thread, threads, all_left, all_right, all_extra, all_target_same, all_sample_weight):
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
        gather_rows(all_left, order, done + first, last - first,
                    view(real, places[1] + first * all_left.shape[1]))
        gather_rows(all_right, order, done + first, last - first,
                    view(real, places[2] + first * all_right.shape[1]))
        gather_rows(all_extra, order, done + first, last - first,
                    view(real, places[3] + first * all_extra.shape[1]))
        gather_rows(all_target_same, order, done + first, last - first,
                    view(real, places[4] + first * all_target_same.shape[1]))
        gather_rows(all_sample_weight, order, done + first, last - first,
                    view(real, places[5] + first * all_sample_weight.shape[1]))
        for position in range(todo.shape[0]):
            if position == until and not isfinite(real[places[0]]):
                finite = False
                break
            row = todo[position]
            operation = row[0]
            if operation == GEMM:
                gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                     row[10], view(real, row[11]), row[12])
            elif operation == COMPUTE_A:
                compute_a(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
            elif operation == COMPUTE_B_NEAR_OUTPUT:
                compute_b_near_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                      view(real, row[5]), view(real, row[6]), view(real, row[7]), row[8], row[9],
                                      row[10], row[11])
            elif operation == COMPUTE_SAME_SUM:
                compute_same_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                 view(real, row[5]), row[6], row[7])
            elif operation == COMPUTE_SUM_OBJECTIVE:
                compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                      row[5], batch)
            elif operation == COMPUTE_SUM:
                compute_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
            elif operation == COMPUTE_ACCURACY_SUM_ACCURACY_COUNT:
                compute_accuracy_sum_accuracy_count(view(real, row[1]), view(real, row[2]), view(total, row[3]),
                                                    view(total, row[4]), row[5])
            elif operation == COMPUTE_D_SUM:
                compute_d_sum(view(real, row[1]), batch)
            elif operation == COMPUTE_D_LOSS_2_D_Z_D_BIAS:
                compute_d_loss_2_d_z_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                            view(real, row[4]), view(real, row[5]), view(real, row[6]),
                                            view(real, row[7]), row[8], row[9])
            elif operation == COMPUTE_D_A_D_B_D_Z_2:
                compute_d_a_d_b_d_z_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                      view(real, row[5]), view(real, row[6]), view(real, row[7]), view(real, row[8]),
                                      row[9], row[10], row[11])
            elif operation == COMPUTE_D_BIAS:
                compute_d_bias(view(real, row[1]), view(real, row[2]), row[3], row[4])
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
