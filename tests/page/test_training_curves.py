from charts import training_curves


def line(epoch, loss=0.5, validation=0.4, accuracy=0.9, **more):
    return {
        "epoch": epoch,
        "loss_magnitude": loss,
        "loss_complex": 2 * loss,
        "loss_total": loss / 2,
        "validation_loss": validation,
        "validation_accuracy": accuracy,
        **more,
    }


BETWEEN = {"epoch": 1, "windows": 64, "seconds_left": 9}


def drawn(figure):
    return {trace.name: list(trace.y) for trace in figure.data if trace.name}


def test_one_point_an_epoch_for_each_branch():
    figure = training_curves.of_run([line(1), BETWEEN, line(2, loss=0.25)])
    assert drawn(figure) == {
        "magnitude": [0.5, 0.25],
        "complex": [1.0, 0.5],
        "total": [0.25, 0.125],
        "validation": [0.4, 0.4],
    }
    assert list(figure.data[-1].y) == [90, 90]


def test_what_was_not_measured_is_not_drawn():
    figure = training_curves.of_run([line(1, validation=None, accuracy=None)])
    assert set(drawn(figure)) == {"magnitude", "complex", "total"}
    assert "yaxis2" not in figure.layout


def test_networks_trained_one_after_another_stand_side_by_side():
    lines = [line(1, member="a"), line(2, member="a"), line(1, member="b", validation=None)]
    lines.append({"member": "c", "epoch": 1, "loss_total": None})
    figure = training_curves.of_run(lines)
    assert list(figure.data[0].x) == [1, 2, None, 3, None, 4]
    assert list(figure.data[0].y) == [0.5, 0.5, None, 0.5, None, None]
    assert figure.data[0].customdata[3] == "b, epoch 1"
    assert {shape.x0 for shape in figure.layout.shapes} == {2.5, 3.5}


def test_runs_are_compared_on_the_validation_set_where_there_is_one():
    runs = {"one": [line(1), line(2)], "two": [line(1, validation=None, accuracy=None)]}
    figure = training_curves.compared(runs)
    losses = {trace.name: list(trace.y) for trace in figure.data if trace.showlegend}
    assert losses == {"one": [0.4, 0.4], "two": [0.25]}


def test_a_run_that_has_just_begun_is_an_empty_picture():
    assert not training_curves.of_run([BETWEEN]).data
    assert not training_curves.epochs([])
